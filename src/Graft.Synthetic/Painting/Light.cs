namespace Graft.Synthetic;

/// <summary>Where the light comes from: one angle for the whole image, in radians.</summary>
internal readonly record struct Light(double Cosine, double Sine)
{
    public static Light From(double angle) => new(Math.Cos(angle), Math.Sin(angle));

    /// <summary>How far a vector points away from the light.</summary>
    public double Along(double x, double y) => (x * Cosine) + (y * Sine);
}
