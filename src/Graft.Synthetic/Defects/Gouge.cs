namespace Graft.Synthetic;

/// <summary>A short, deep groove, wide in the middle.</summary>
internal sealed class Gouge : PaintedDefect
{
    public override SyntheticClass Class { get; } = new(9, "gouge", "gouge", "deep groove")
    {
        IsNovel = true,
        Descriptions = ["wide shaded groove", "thick short dark line"],
    };

    public override double Suits(Material material) => material is Fabric ? 0 : 1;

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        BentLine drawn = DrawLine(random, 35, 95, margin: 26, bend: 0.12);
        double length = drawn.Length;
        double halfWidth = random.Uniform(3.6, 7.5);
        Stroke stroke = drawn.ToStroke();
        double Depth(double x, double y)
        {
            StrokePoint point = stroke.At(x, y);
            double along = Math.Clamp(point.Arc / length, 0, 1);
            double width = halfWidth * Math.Sqrt(Math.Clamp(4 * along * (1 - along), 0.05, 1));
            return Math.Clamp(1 - Smooth.Square(point.Distance / width), 0, 1);
        }

        HeightField groove = new(stroke.Region, (x, y) => -Depth(x, y) * halfWidth * 1.1);
        return Draft.Paint(surface, stroke.Region, "shaded", "wide groove", (x, y, under) =>
        {
            double depth = Depth(x, y);
            double shading = 1 + Math.Clamp(0.9 * strength * groove.Shade(x, y, light), -0.6, 0.9);
            return new Touch(under * (shading * (1 - (0.30 * depth))), depth > 0.02 ? 1 : 0);
        });
    }
}
