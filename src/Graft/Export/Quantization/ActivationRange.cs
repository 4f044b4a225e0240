namespace Graft.Export;

/// <summary>The range that the 256 levels of a quantized activation cover; it always holds zero, which is one of the levels.</summary>
/// <param name="Low">The smallest value, at most 0.</param>
/// <param name="High">The largest value, at least 0.</param>
public sealed record ActivationRange(double Low, double High)
{
    private const int Levels = 255;

    // Products of two scales, those of biases, stay normal numbers.
    private const float SmallestScale = 1e-18f;

    /// <summary>Distance of two levels. An activation that is always zero has the scale of the range 0 to 1.</summary>
    public float Scale => High - Low is > 0 and double width ? Math.Max((float)(width / Levels), SmallestScale) : 1f / Levels;

    /// <summary>The level that stands for zero.</summary>
    public byte ZeroPoint => (byte)Math.Clamp(Math.Round(-Low / Scale), 0, Levels);

    /// <summary>A range of values, extended so that it holds zero.</summary>
    internal static ActivationRange Of(double low, double high) => new(Math.Min(low, 0), Math.Max(high, 0));

    /// <summary>The smallest range that holds both.</summary>
    internal ActivationRange Union(ActivationRange other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));
}
