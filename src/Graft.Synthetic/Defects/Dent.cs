using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A soft hollow: shaded, its colour unchanged.</summary>
internal sealed class Dent : PaintedDefect
{
    public override SyntheticClass Class { get; } = new(2, "dent", "dent", "shallow dent", "dented area", "indentation")
    {
        HeldOutSynonyms = ["ding", "depression", "hollow", "impression"],
    };

    public override double Suits(Material material) => material switch { Fabric => 0, CircuitBoard => 0.4, _ => 1 };

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        double radius = random.Uniform(13, 44);
        double aspect = random.Uniform(0.6, 1.0);
        (double x, double y) = Place(random, radius * 0.8);
        Blob blob = new(x, y, radius, aspect, roughness: 0.10, random.Uniform(0, Math.PI), random.Next());
        double shading = random.Uniform(0.55, 0.95) * strength;
        Region region = blob.Within(1.05);
        Field reach = new(region, blob.Reach);
        Field depth = new(region, (px, py) =>
            -Smooth.Square(Vector.Max(Vector<double>.Zero, Smooth.Rest(Smooth.Square(reach.At(px, py))))) * radius * 0.5);
        return Draft.Paint(surface, region, "shaded", "round hollow", (px, py, under) => new Touch(
            under * (Vector<double>.One + Smooth.Clamp(shading * depth.Shade(px, py, light), -0.6, 0.8)),
            Smooth.Flag(Vector.LessThan(reach.At(px, py), new Vector<double>(0.94)))));
    }
}
