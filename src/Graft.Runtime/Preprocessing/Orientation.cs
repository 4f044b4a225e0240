namespace Graft.Runtime.Preprocessing;

/// <summary>Rotates and mirrors by EXIF's orientation.</summary>
internal static class Orientation
{
    /// <summary>Copies an image upright.</summary>
    /// <typeparam name="T">A pixel.</typeparam>
    /// <param name="source">Rows as stored.</param>
    /// <param name="target">As many pixels; width and height are swapped from orientation 5 on.</param>
    /// <param name="width">Stored columns.</param>
    /// <param name="height">Stored rows.</param>
    /// <param name="orientation">1 to 8.</param>
    public static void Apply<T>(ReadOnlySpan<T> source, Span<T> target, int width, int height, int orientation)
        where T : unmanaged
    {
        // Index of the first stored pixel, and the steps to the next one along a stored row and column.
        (int start, int right, int down) = orientation switch
        {
            2 => (width - 1, -1, width),
            3 => ((width * height) - 1, -1, -width),
            4 => (width * (height - 1), 1, -width),
            5 => (0, height, 1),
            6 => (height - 1, height, -1),
            7 => ((width * height) - 1, -height, -1),
            8 => (height * (width - 1), -height, 1),
            _ => (0, 1, width),
        };
        for (int y = 0; y < height; y++)
        {
            int at = start + (y * down);
            foreach (T pixel in source.Slice(y * width, width))
            {
                target[at] = pixel;
                at += right;
            }
        }
    }
}
