using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A piece broken out of the border, showing the rough core of the material.</summary>
internal sealed class EdgeChip : PaintedDefect
{
    private static readonly Rgb BrightCore = new(0.80, 0.78, 0.74);
    private static readonly Rgb DarkCore = new(0.52, 0.48, 0.43);

    public override SyntheticClass Class { get; } = new(10, "edge chip", "chip", "chipped edge", "broken corner")
    {
        IsNovel = true,
        Descriptions = ["bright broken patch at the border"],
    };

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        ulong seed = random.Next();
        int side = random.Integer(0, 3);
        double radius = random.Uniform(16, 38);
        double along = random.Uniform(40, Surface.Size - 40);
        (double x, double y) = side switch
        {
            0 => (along, 2.0),
            1 => (along, Surface.Size - 3.0),
            2 => (2.0, along),
            _ => (Surface.Size - 3.0, along),
        };
        Blob blob = new(x, y, radius, random.Uniform(0.6, 1), roughness: 0.28, random.Uniform(0, Math.PI), seed, frequency: 2.2);
        Rgb core = surface.MeanLuminance() < 0.6 ? BrightCore : DarkCore;
        FractalNoise facets = new(seed + 4, 3);
        return Draft.Paint(surface, blob.Within(1.3), "bright", "broken edge", (px, py, under) =>
        {
            Vector<double> reach = blob.Reach(px, py);
            Vector<double> cover = Smooth.Rest(Smooth.Step(0.95, 1.03, reach));
            Vector<double> facet = cover * 0.45 * (facets.At(px / 9, py / 9) - new Vector<double>(0.5));
            RgbLanes broken = under.Under(core, cover) * (Vector<double>.One + facet);
            Vector<double> rim = 0.45 * strength * Smooth.Bell((reach - Vector<double>.One) / 0.07);
            return new Touch(broken * Smooth.Rest(rim), Smooth.Flag(Vector.LessThan(reach, new Vector<double>(1.02))));
        });
    }
}
