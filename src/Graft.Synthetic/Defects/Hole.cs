namespace Graft.Synthetic;

/// <summary>A nearly round black hole with a lit rim and a glimpse of its inner wall.</summary>
internal sealed class Hole : PaintedDefect
{
    private static readonly Rgb Depth = new(0.05, 0.05, 0.06);

    public override SyntheticClass Class { get; } = new(3, "hole", "hole", "round hole", "punched hole", "drilled opening")
    {
        HeldOutSynonyms = ["puncture", "perforation", "opening", "pinhole", "pit"],
    };

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        double radius = random.Uniform(5, 20);
        double aspect = random.Uniform(0.82, 1);
        (double x, double y) = Place(random, radius + 4);
        Blob blob = new(x, y, radius, aspect, roughness: 0.04, random.Uniform(0, Math.PI), random.Next());
        Rgb inside = Depth * random.Uniform(0.5, 1.8);
        return Draft.Paint(surface, blob.Within(1.5), "dark", "round spot", (px, py, under) =>
        {
            double reach = blob.Reach(px, py);
            double cover = 1 - Smooth.Step(0.93, 1.05, reach);
            double awayFromLight = light.Along(px - x, py - y) / ((radius * reach) + 1e-6);
            double rim = Smooth.Bell((reach - 1.08) / 0.09);
            double wall = cover * Math.Clamp(-awayFromLight, 0, 1) * Smooth.Bell((reach - 0.85) / 0.15);
            Rgb pixel = (under.Under(inside, cover) * (1 + (0.55 * strength * rim * awayFromLight))) + (0.16 * wall);
            return new Touch(pixel, reach < 1.12 ? 1 : 0);
        });
    }
}
