using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A dried liquid: an uneven tint with a darker ring at its edge.</summary>
internal sealed class Stain : PaintedDefect
{
    private static readonly (string Tone, Rgb Tint)[] Liquids =
    [
        ("brown", new(0.50, 0.34, 0.18)), ("grey", new(0.45, 0.45, 0.46)), ("yellow", new(0.85, 0.74, 0.35)),
        ("blue", new(0.32, 0.42, 0.62)), ("dark", new(0.20, 0.18, 0.17)), ("red", new(0.58, 0.22, 0.18)),
    ];

    public override SyntheticClass Class { get; } = new(4, "stain", "stain", "liquid stain", "stained spot", "spill mark")
    {
        HeldOutSynonyms = ["smudge", "blot", "smear", "watermark"],
    };

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        (Blob blob, ulong seed) = DrawPatch(random, 14, 52, margin: 0.6, flattest: 0.6, roughness: 0.30, frequency: 1.1);
        (string tone, Rgb tint) = random.Pick(Liquids);
        double opacity = random.Uniform(0.55, 0.90) * strength;
        FractalNoise clouds = new(seed + 3, 3);
        Vector<double> half = new(0.5);
        return Draft.Paint(surface, blob.Within(1.2), tone, "irregular patch", (px, py, under) =>
        {
            Vector<double> reach = blob.Reach(px, py);
            Vector<double> soaked = Smooth.Rest(Smooth.Step(0.90, 1.02, reach)) * (half + (0.50 * (clouds.At(px / 18, py / 18) - half)));
            Vector<double> ring = 0.34 * Smooth.Bell((reach - new Vector<double>(0.93)) / 0.055);
            return new Touch(under.Tinted(tint, Smooth.Clamp((soaked + ring) * opacity, 0, 0.95)), Smooth.Flag(Vector.LessThan(reach, Vector<double>.One)));
        });
    }
}
