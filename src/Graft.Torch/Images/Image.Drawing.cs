using Graft.Torch.Interop;

namespace Graft.Torch.Images;

/// <summary>Drawing into the picture; positions are pixels, with fractions.</summary>
public sealed unsafe partial class Image
{
    /// <summary>Extent of a text in pixels.</summary>
    /// <param name="Width">Columns.</param>
    /// <param name="Height">Rows above the baseline.</param>
    /// <param name="Baseline">Rows below it.</param>
    public readonly record struct TextExtent(int Width, int Height, int Baseline);

    /// <summary>Measures a text.</summary>
    public static TextExtent Measure(string text, double scale, int thickness = 1)
    {
        Native.Check(Native.graft_text_size(text, scale, thickness, out int width, out int height, out int baseline), "measure text");
        return new TextExtent(width, height, baseline);
    }

    /// <summary>A straight line.</summary>
    public void Line(double x1, double y1, double x2, double y2, Colour colour, int thickness = 1)
    {
        double* paint = stackalloc double[3];
        colour.Write(paint);
        Native.Check(Native.graft_image_line(this, x1, y1, x2, y2, paint, thickness), "line");
    }

    /// <summary>A rectangle by two corners; a negative thickness fills it.</summary>
    public void Rectangle(double x1, double y1, double x2, double y2, Colour colour, int thickness = 1)
    {
        double* paint = stackalloc double[3];
        colour.Write(paint);
        Native.Check(Native.graft_image_rectangle(this, x1, y1, x2, y2, paint, thickness), "rectangle");
    }

    /// <summary>A circle; a negative thickness fills it.</summary>
    public void Circle(double x, double y, double radius, Colour colour, int thickness = 1)
    {
        double* paint = stackalloc double[3];
        colour.Write(paint);
        Native.Check(Native.graft_image_circle(this, x, y, radius, paint, thickness), "circle");
    }

    /// <summary>A line through points (x, y, x, y, …); a negative thickness fills the polygon.</summary>
    public void Polyline(ReadOnlySpan<double> points, Colour colour, int thickness = 1, bool closed = false)
    {
        double* paint = stackalloc double[3];
        colour.Write(paint);
        fixed (double* xy = points)
        {
            Native.Check(Native.graft_image_polyline(this, xy, points.Length / 2, paint, thickness, closed ? 1 : 0), "polyline");
        }
    }

    /// <summary>A text whose baseline starts at a position; ASCII only (OpenCV's built-in font).</summary>
    public void Text(string text, double x, double y, double scale, Colour colour, int thickness = 1)
    {
        double* paint = stackalloc double[3];
        colour.Write(paint);
        Native.Check(Native.graft_image_text(this, text, x, y, scale, paint, thickness), "text");
    }
}
