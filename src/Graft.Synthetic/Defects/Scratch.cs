using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A thin, bent, interrupted line with an edge of the opposite tone on one side.</summary>
internal sealed class Scratch : PaintedDefect
{
    public override SyntheticClass Class { get; } = new(1, "scratch", "scratch", "surface scratch", "scratch mark", "scored line")
    {
        HeldOutSynonyms = ["scrape", "score mark", "scuff", "abrasion"],
    };

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        BentLine drawn = DrawLine(random, 45, 190, margin: 30, bend: 0.14);
        double length = drawn.Length;
        double width = random.Uniform(0.9, 2.2);
        ValueNoise interruptions = new(random.Next());
        bool bright = surface.MeanLuminance() < 0.5 || random.Uniform() < 0.35;
        double change = (bright ? 1 : -1) * random.Uniform(0.20, 0.42) * strength;
        Stroke stroke = drawn.ToStroke();
        return Draft.Paint(surface, stroke.Region, bright ? "bright" : "dark", "thin line", (x, y, under) =>
        {
            StrokePoints points = stroke.At(x, y);
            if (!points.AreNear)
            {
                return new Touch(under, Vector<double>.Zero);
            }

            Vector<double> line = Smooth.Bell(points.Distance / width);
            Vector<double> along = Smooth.Clamp(points.Arc / length, 0, 1);
            Vector<double> gap = Smooth.Step(0.18, 0.42, interruptions.At(points.Arc / 11, Vector<double>.Zero));
            Vector<double> cover = line * (new Vector<double>(0.35) + (0.65 * gap))
                * Smooth.Step(0, 0.06, along) * Smooth.Rest(Smooth.Step(0.94, 1, along));
            Vector<double> second = Smooth.Bell((points.Distance - new Vector<double>(1.6 * width)) / width) * gap;
            Vector<double> edge = Vector.ConditionalSelect(Vector.GreaterThan(points.Side, Vector<double>.Zero), second, Vector<double>.Zero);
            Vector<double> mask = line * Smooth.Step(0, 0.02, along) * Smooth.Rest(Smooth.Step(0.98, 1, along));
            return new Touch(under + (change * cover) - (0.35 * change * edge), mask);
        });
    }
}
