using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A round raised bump with a highlight towards the light.</summary>
internal sealed class Bubble : PaintedDefect
{
    public override SyntheticClass Class { get; } = new(14, "bubble", "bubble", "blister", "air bubble")
    {
        IsNovel = true,
        Descriptions = ["round raised shiny bump"],
    };

    public override double Suits(Material material) => material switch { Fabric => 0, Wood => 0.5, _ => 1 };

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        double radius = random.Uniform(8, 30);
        (double x, double y) = Place(random, radius + 3);
        Blob blob = new(x, y, radius, random.Uniform(0.85, 1), roughness: 0.05, random.Uniform(0, Math.PI), random.Next());
        Region region = blob.Within(1.3);
        Field reach = new(region, blob.Reach);
        Field dome = new(region, (px, py) =>
            Vector.SquareRoot(Vector.Max(Vector<double>.Zero, Smooth.Rest(Smooth.Square(reach.At(px, py))))) * radius * 0.42);
        Vector<double> shineX = new(x - (0.38 * radius * light.Cosine));
        Vector<double> shineY = new(y - (0.38 * radius * light.Sine));
        return Draft.Paint(surface, region, "shaded", "round bump", (px, py, under) =>
        {
            Vector<double> shading = Vector<double>.One + Smooth.Clamp(0.62 * strength * dome.Shade(px, py, light), -0.55, 0.8);
            Vector<double> toShine = Smooth.Square(px - shineX) + Smooth.Square(py - shineY);
            Vector<double> shine = 0.38 * Smooth.Exp(-toShine / Smooth.Square(radius * 0.2));
            return new Touch((under * shading) + shine, Smooth.Flag(Vector.LessThan(reach.At(px, py), new Vector<double>(1.02))));
        });
    }
}
