using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A large soft change of colour under which the texture stays visible.</summary>
internal sealed class Discoloration : PaintedDefect
{
    private static readonly (string Tone, Rgb Tint)[] Tints =
    [
        ("yellow", new(1.10, 1.0, 0.62)), ("pale", new(1.30, 1.28, 1.25)), ("dark", new(0.62, 0.62, 0.64)),
        ("blue", new(0.74, 0.90, 1.22)), ("pink", new(1.22, 0.86, 0.88)),
    ];

    public override SyntheticClass Class { get; } =
        new(8, "discoloration", "discoloration", "discolored area", "faded patch", "color change")
        {
            HeldOutSynonyms = ["tarnish", "fading", "yellowing", "tint change"],
        };

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        (Blob blob, ulong seed) = DrawPatch(random, 26, 74, margin: 0.5, flattest: 0.55, roughness: 0.22, frequency: 1.0);
        FractalNoise clouds = new(seed + 3, 2);
        (string tone, Rgb tint) = random.Pick(Tints);
        double opacity = random.Uniform(0.65, 1.0) * strength;
        return Draft.Paint(surface, blob.Within(1.05), tone, "soft patch", (px, py, under) =>
        {
            Vector<double> reach = blob.Reach(px, py);
            Vector<double> cloud = new Vector<double>(0.8) + (0.4 * (clouds.At(px / 30, py / 30) - new Vector<double>(0.5)));
            Vector<double> cover = Smooth.Rest(Smooth.Step(0.45, 1.05, reach)) * cloud;
            return new Touch(under.Tinted(tint, cover * opacity), Smooth.Flag(Vector.LessThan(reach, new Vector<double>(0.86))));
        });
    }
}
