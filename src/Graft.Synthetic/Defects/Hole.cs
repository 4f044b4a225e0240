using System.Numerics;

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
            Vector<double> reach = blob.Reach(px, py);
            Vector<double> cover = Smooth.Rest(Smooth.Step(0.93, 1.05, reach));
            Vector<double> awayFromLight = light.Along(px - new Vector<double>(x), py - new Vector<double>(y)) / ((radius * reach) + new Vector<double>(1e-6));
            Vector<double> rim = Smooth.Bell((reach - new Vector<double>(1.08)) / 0.09);
            Vector<double> wall = cover * Smooth.Clamp(-awayFromLight, 0, 1) * Smooth.Bell((reach - new Vector<double>(0.85)) / 0.15);
            RgbLanes pixel = (under.Under(inside, cover) * (Vector<double>.One + (0.55 * strength * rim * awayFromLight))) + (0.16 * wall);
            return new Touch(pixel, Smooth.Flag(Vector.LessThan(reach, new Vector<double>(1.12))));
        });
    }
}
