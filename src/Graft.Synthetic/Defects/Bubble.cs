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
        HeightField dome = new(region, (px, py) => Math.Sqrt(Math.Max(0, 1 - Smooth.Square(blob.Reach(px, py)))) * radius * 0.42);
        double shineX = x - (0.38 * radius * light.Cosine);
        double shineY = y - (0.38 * radius * light.Sine);
        return Draft.Paint(surface, region, "shaded", "round bump", (px, py, under) =>
        {
            double shading = 1 + Math.Clamp(0.62 * strength * dome.Shade(px, py, light), -0.55, 0.8);
            double toShine = Smooth.Square(px - shineX) + Smooth.Square(py - shineY);
            double shine = 0.38 * Math.Exp(-toShine / Smooth.Square(radius * 0.2));
            return new Touch((under * shading) + shine, blob.Reach(px, py) < 1.02 ? 1 : 0);
        });
    }
}
