using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A round scorch: black in the middle, browning towards the border.</summary>
internal sealed class BurnMark : PaintedDefect
{
    private static readonly Rgb Brown = new(0.42, 0.26, 0.14);
    private static readonly Rgb Char = new(0.06, 0.05, 0.045);

    public override SyntheticClass Class { get; } = new(12, "burn mark", "burn mark", "scorch", "charred spot")
    {
        IsNovel = true,
        Descriptions = ["round black patch with brown border"],
    };

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        (Blob blob, _) = DrawPatch(random, 15, 46, margin: 0.7, flattest: 0.7, roughness: 0.16, frequency: 1.3);
        return Draft.Paint(surface, blob.Within(1.2), "black", "round patch with border", (px, py, under) =>
        {
            Vector<double> reach = blob.Reach(px, py);
            Vector<double> heat = Smooth.Clamp(new Vector<double>(1.15) - reach, 0, 1) * 1.25 * strength;
            Vector<double> core = 0.9 * Smooth.Rest(Smooth.Step(0.25, 0.62, reach));
            return new Touch(
                under.Tinted(Brown, Smooth.Clamp(heat, 0, 0.93)).Under(Char, core), Smooth.Flag(Vector.LessThan(reach, new Vector<double>(0.92))));
        });
    }
}
