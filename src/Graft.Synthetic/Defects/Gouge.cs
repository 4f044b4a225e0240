using System.Numerics;

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
        Field depths = new(stroke.Region, (x, y) =>
        {
            StrokePoints points = stroke.At(x, y);
            Vector<double> along = Smooth.Clamp(points.Arc / length, 0, 1);
            Vector<double> width = halfWidth * Vector.SquareRoot(Smooth.Clamp(4 * along * Smooth.Rest(along), 0.05, 1));
            return Smooth.Clamp(Smooth.Rest(Smooth.Square(points.Distance / width)), 0, 1);
        });
        Field groove = new(stroke.Region, (x, y) => -depths.At(x, y) * halfWidth * 1.1);
        return Draft.Paint(surface, stroke.Region, "shaded", "wide groove", (x, y, under) =>
        {
            Vector<double> depth = depths.At(x, y);
            Vector<double> shading = Vector<double>.One + Smooth.Clamp(0.9 * strength * groove.Shade(x, y, light), -0.6, 0.9);
            return new Touch(under * (shading * Smooth.Rest(0.30 * depth)), Smooth.Flag(Vector.GreaterThan(depth, new Vector<double>(0.02))));
        });
    }
}
