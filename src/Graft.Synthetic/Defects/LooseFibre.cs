using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A long, thin, curling thread that lies on the surface and casts a shadow.</summary>
internal sealed class LooseFibre : PaintedDefect
{
    private static readonly Rgb BrightThread = new(0.90, 0.89, 0.86);
    private static readonly Rgb DarkThread = new(0.10, 0.09, 0.10);

    public override SyntheticClass Class { get; } = new(13, "loose fibre", "loose fibre", "loose thread", "hair")
    {
        IsNovel = true,
        Descriptions = ["long thin curved bright line"],
    };

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        double length = random.Uniform(60, 190);
        (double X, double Y) start = Place(random, 40);
        double heading = random.Uniform(0, 6.283);
        Stroke stroke = new(Stroke.Walk(random, start, heading, length, 4.0, noise: 0.16, memory: 0.985));
        double width = random.Uniform(0.8, 1.5);
        bool bright = surface.MeanLuminance() < 0.5 || random.Uniform() < 0.3;
        Rgb thread = bright ? BrightThread : DarkThread;
        double opacity = Math.Clamp(0.95 * strength, 0, 1);
        return Draft.Paint(surface, stroke.Region, bright ? "bright" : "dark", "thin curved line", (x, y, under) =>
        {
            StrokePoints points = stroke.At(x, y), above = stroke.At(x - new Vector<double>(2), y - new Vector<double>(2));
            if (!points.AreNear && !above.AreNear)
            {
                return new Touch(under, Vector<double>.Zero);
            }

            Vector<double> shadow = 0.35 * Smooth.Bell(above.Distance / (width * 1.4));
            Vector<double> cover = Smooth.Bell(Smooth.Square(points.Distance / width));
            return new Touch((under * Smooth.Rest(shadow)).Under(thread, cover * opacity), cover);
        });
    }
}
