namespace Graft.Synthetic;

/// <summary>A defect that is painted over the surface at any position.</summary>
internal abstract class PaintedDefect : Defect
{
    /// <summary>Paints a draft; the same random numbers at another strength give the same shape.</summary>
    public abstract Draft Draw(Surface surface, SplitMix64 random, Light light, double strength);

    /// <summary>A point at least <paramref name="margin"/> pixels inside the image.</summary>
    protected static (double X, double Y) Place(SplitMix64 random, double margin)
        => (random.Uniform(margin, Surface.Size - margin), random.Uniform(margin, Surface.Size - margin));

    /// <summary>A point at a distance from another, in the direction of an angle.</summary>
    protected static (double X, double Y) Shift((double X, double Y) point, double angle, double distance)
        => (point.X + (distance * Math.Cos(angle)), point.Y + (distance * Math.Sin(angle)));

    /// <summary>A bent line through a point: half its length to each side, the middle shifted sideways.</summary>
    protected static Stroke BentLine((double X, double Y) middle, double angle, double length, double bend) => Stroke.Curve(
        Shift(middle, angle, -length / 2), Shift(middle, angle + (Math.PI / 2), bend), Shift(middle, angle, length / 2));
}
