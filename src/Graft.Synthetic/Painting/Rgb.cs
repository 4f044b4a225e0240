namespace Graft.Synthetic;

/// <summary>A colour in display values; 0 is black and 1 is white, intermediate values may exceed both.</summary>
internal readonly record struct Rgb(double Red, double Green, double Blue)
{
    public double Luminance => (0.299 * Red) + (0.587 * Green) + (0.114 * Blue);

    public static Rgb Grey(double value) => new(value, value, value);

    public static Rgb operator +(Rgb a, Rgb b) => new(a.Red + b.Red, a.Green + b.Green, a.Blue + b.Blue);

    public static Rgb operator +(Rgb a, double b) => new(a.Red + b, a.Green + b, a.Blue + b);

    public static Rgb operator -(Rgb a, double b) => new(a.Red - b, a.Green - b, a.Blue - b);

    public static Rgb operator *(Rgb a, Rgb b) => new(a.Red * b.Red, a.Green * b.Green, a.Blue * b.Blue);

    public static Rgb operator *(Rgb a, double b) => new(a.Red * b, a.Green * b, a.Blue * b);

    /// <summary>This colour covered by another with the given opacity.</summary>
    public Rgb Under(Rgb cover, double opacity) => (this * (1 - opacity)) + (cover * opacity);

    /// <summary>This colour multiplied by a tint of the given strength: 0 leaves it unchanged.</summary>
    public Rgb Tinted(Rgb tint, double strength) => new(
        Red * (1 + (strength * (tint.Red - 1))),
        Green * (1 + (strength * (tint.Green - 1))),
        Blue * (1 + (strength * (tint.Blue - 1))));

    public Rgb Clamped(double low, double high)
        => new(Math.Clamp(Red, low, high), Math.Clamp(Green, low, high), Math.Clamp(Blue, low, high));
}
