namespace Graft.Detectors;

/// <summary>Non-maximum suppression.</summary>
public static class Suppression
{
    /// <summary>Keeps boxes in the order given, dropping each that overlaps a kept one of its group too much.</summary>
    /// <param name="boxes">n×4 corners, best first.</param>
    /// <param name="groups">n groups (classes); only boxes of one group suppress each other.</param>
    /// <param name="threshold">A box is dropped when its IoU exceeds this.</param>
    /// <param name="limit">Largest number of boxes kept.</param>
    /// <returns>Positions of the kept boxes.</returns>
    public static int[] Run(ReadOnlySpan<float> boxes, ReadOnlySpan<int> groups, float threshold, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(boxes.Length, 4 * groups.Length);
        int[] kept = new int[Math.Min(limit, groups.Length)];
        Span<Corners> others = new Corners[kept.Length];
        int count = 0;
        for (int i = 0; i < groups.Length && count < kept.Length; i++)
        {
            Corners box = new(boxes[4 * i], boxes[(4 * i) + 1], boxes[(4 * i) + 2], boxes[(4 * i) + 3], groups[i]);
            if (!IsSuppressed(box, others[..count], threshold))
            {
                others[count] = box;
                kept[count++] = i;
            }
        }

        return kept[..count];
    }

    private static bool IsSuppressed(in Corners box, ReadOnlySpan<Corners> kept, float threshold)
    {
        float area = box.Area;
        foreach (ref readonly Corners other in kept)
        {
            if (other.Group != box.Group)
            {
                continue;
            }

            float width = float.MinNative(box.Right, other.Right) - float.MaxNative(box.Left, other.Left);
            float height = float.MinNative(box.Bottom, other.Bottom) - float.MaxNative(box.Top, other.Top);
            if (width <= 0 || height <= 0)
            {
                continue;
            }

            float overlap = width * height;
            if (overlap / (area + other.Area - overlap) > threshold)
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Corners(float Left, float Top, float Right, float Bottom, int Group)
    {
        public float Area => (Right - Left) * (Bottom - Top);
    }
}
