using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A rough orange-brown patch with ragged edges.</summary>
internal sealed class Rust : PaintedDefect
{
    private static readonly Rgb Oxide = new(0.50, 0.25, 0.09);

    public override SyntheticClass Class { get; } = new(11, "rust", "rust", "corrosion", "rust spot")
    {
        IsNovel = true,
        Descriptions = ["rough brown patch"],
    };

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        (Blob blob, ulong seed) = DrawPatch(random, 16, 48, margin: 0.6, flattest: 0.6, roughness: 0.35, frequency: 1.8);
        FractalNoise spread = new(seed + 1, 4), colour = new(seed + 2, 3);
        double opacity = Math.Clamp(0.92 * strength, 0, 1);
        return Draft.Paint(surface, blob.Within(1.15), "brown", "rough patch", (px, py, under) =>
        {
            Vector<double> reach = blob.Reach(px, py);
            Vector<double> eaten = Smooth.Step(
                0.38, 0.55, spread.At(px / 9, py / 9) + (0.55 * Smooth.Rest(reach)) - new Vector<double>(0.10));
            Vector<double> cover = eaten * Smooth.Rest(Smooth.Step(0.85, 1.1, reach));
            RgbLanes oxide = Oxide * (new Vector<double>(0.55) + (0.9 * colour.At(px / 4, py / 4)));
            return new Touch(under.Under(oxide, cover * opacity), cover);
        });
    }
}
