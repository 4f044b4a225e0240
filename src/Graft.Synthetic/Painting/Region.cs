using Graft.Detectors;

namespace Graft.Synthetic;

/// <summary>A rectangle of pixels inside the image; right and bottom are the first pixels outside.</summary>
internal readonly record struct Region(int Left, int Top, int Right, int Bottom)
{
    public static Region Whole => new(0, 0, Surface.Size, Surface.Size);

    public int Width => Math.Max(0, Right - Left);

    public int Height => Math.Max(0, Bottom - Top);

    public int Area => Width * Height;

    /// <summary>The pixels within a distance of a point, clipped to the image.</summary>
    public static Region Around(double x, double y, double reach) => Spanning(x - reach, y - reach, x + reach, y + reach);

    /// <summary>The pixels between two corners, clipped to the image.</summary>
    public static Region Spanning(double left, double top, double right, double bottom) => new(
        Cut(Math.Floor(left)), Cut(Math.Floor(top)), Cut(Math.Ceiling(right) + 1), Cut(Math.Ceiling(bottom) + 1));

    /// <summary>The same rectangle as a <see cref="Box"/>.</summary>
    public Box ToBox() => new(Left, Top, Right, Bottom);

    private static int Cut(double value) => (int)Math.Clamp(value, 0, Surface.Size);
}
