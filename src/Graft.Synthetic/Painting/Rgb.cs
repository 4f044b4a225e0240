using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A colour in display values; 0 is black and 1 is white, intermediate values may exceed both.</summary>
internal readonly record struct Rgb(double Red, double Green, double Blue)
{
    public static Rgb Grey(double value) => new(value, value, value);

    public static Rgb operator +(Rgb a, Rgb b) => new(a.Red + b.Red, a.Green + b.Green, a.Blue + b.Blue);

    public static Rgb operator *(Rgb a, double b) => new(a.Red * b, a.Green * b, a.Blue * b);

    /// <summary>This colour at several lightnesses.</summary>
    public static RgbLanes operator *(Rgb a, Vector<double> b) => new(a.Red * b, a.Green * b, a.Blue * b);

    public Rgb Clamped(double low, double high)
        => new(Math.Clamp(Red, low, high), Math.Clamp(Green, low, high), Math.Clamp(Blue, low, high));
}
