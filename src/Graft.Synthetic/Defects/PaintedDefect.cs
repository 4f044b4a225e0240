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

    /// <summary>Draws a bent line: half its length to each side of a point, the middle pulled sideways.</summary>
    /// <param name="random">Gives length, angle, place and bend.</param>
    /// <param name="shortest">Smallest length in pixels.</param>
    /// <param name="longest">Largest length in pixels.</param>
    /// <param name="margin">Pixels between the middle and the border of the image.</param>
    /// <param name="bend">Largest pull to either side, as a share of the length.</param>
    protected static BentLine DrawLine(SplitMix64 random, double shortest, double longest, double margin, double bend)
    {
        double length = random.Uniform(shortest, longest);
        double angle = random.Uniform(0, Math.PI);
        return new BentLine(Place(random, margin), angle, length, random.Uniform(-bend, bend) * length);
    }

    /// <summary>Draws the outline of a patch with a rough border.</summary>
    /// <param name="random">Gives radius, place, seed, aspect and angle.</param>
    /// <param name="smallest">Smallest radius in pixels.</param>
    /// <param name="largest">Largest radius in pixels.</param>
    /// <param name="margin">Distance of the centre from the border of the image, in radii.</param>
    /// <param name="flattest">Smallest aspect ratio.</param>
    /// <param name="roughness">How far the outline wobbles.</param>
    /// <param name="frequency">How often it wobbles.</param>
    /// <returns>The outline, and the seed of its noise from which other noises of the patch take theirs.</returns>
    protected static (Blob Blob, ulong Seed) DrawPatch(
        SplitMix64 random, double smallest, double largest, double margin, double flattest, double roughness, double frequency)
    {
        double radius = random.Uniform(smallest, largest);
        (double x, double y) = Place(random, radius * margin);
        ulong seed = random.Next();
        return (new Blob(x, y, radius, random.Uniform(flattest, 1), roughness, random.Uniform(0, Math.PI), seed, frequency), seed);
    }

    /// <summary>A bent line that was drawn.</summary>
    /// <param name="Middle">Its middle before it is bent.</param>
    /// <param name="Angle">Its direction.</param>
    /// <param name="Length">Its length in pixels before it is bent.</param>
    /// <param name="Bend">How far the middle is pulled sideways, in pixels.</param>
    protected readonly record struct BentLine((double X, double Y) Middle, double Angle, double Length, double Bend)
    {
        /// <summary>The pixels near the line.</summary>
        public Stroke ToStroke() => Stroke.Curve(
            Shift(Middle, Angle, -Length / 2), Shift(Middle, Angle + (Math.PI / 2), Bend), Shift(Middle, Angle, Length / 2));
    }
}
