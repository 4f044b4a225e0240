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
            StrokePoint point = stroke.At(x, y);
            double line = Smooth.Bell(point.Distance / width);
            double along = Math.Clamp(point.Arc / length, 0, 1);
            double gap = Smooth.Step(0.18, 0.42, interruptions.At(point.Arc / 11, 0));
            double cover = line * (0.35 + (0.65 * gap)) * Smooth.Step(0, 0.06, along) * (1 - Smooth.Step(0.94, 1, along));
            double edge = point.Side > 0 ? Smooth.Bell((point.Distance - (1.6 * width)) / width) * gap : 0;
            double mask = line * Smooth.Step(0, 0.02, along) * (1 - Smooth.Step(0.98, 1, along));
            return new Touch(under + (change * cover) - (0.35 * change * edge), mask);
        });
    }
}
