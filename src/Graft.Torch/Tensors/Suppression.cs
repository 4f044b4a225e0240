using Graft.Torch.Interop;

namespace Graft.Torch;

/// <summary>Non-maximum suppression.</summary>
public static class Suppression
{
    /// <summary>Keeps boxes in the order given, dropping each that overlaps a kept box of its group too much.</summary>
    /// <param name="boxes">n×4 corners, best first.</param>
    /// <param name="groups">n groups (classes); only boxes of one group suppress each other.</param>
    /// <param name="threshold">A box is dropped when its IoU exceeds this.</param>
    /// <param name="limit">Largest number of boxes kept.</param>
    /// <returns>Positions of the kept boxes.</returns>
    public static unsafe long[] Run(ReadOnlySpan<float> boxes, ReadOnlySpan<long> groups, float threshold, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(boxes.Length, 4 * groups.Length);
        long[] kept = new long[Math.Min(limit, groups.Length)];
        fixed (float* corners = boxes)
        fixed (long* numbers = groups, target = kept)
        {
            Native.Check(
                Native.graft_suppress(corners, numbers, groups.Length, threshold, kept.Length, target, out long count), "suppress boxes");
            return kept[..(int)count];
        }
    }
}
