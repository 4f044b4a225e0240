namespace Graft.Rewriting;

/// <summary>Channels of the followed feature map inside another one.</summary>
/// <param name="At">First channel in the map that contains them.</param>
/// <param name="From">First channel in the followed map.</param>
/// <param name="Length">Number of channels.</param>
internal readonly record struct Segment(long At, long From, long Length)
{
    /// <summary>The part inside a window of the containing map, counted from the window's start; of length 0 or less when there is none.</summary>
    internal Segment Within(long start, long length)
    {
        long first = Math.Max(At, start), last = Math.Min(At + Length, start + length);
        return new(first - start, From + first - At, last - first);
    }
}
