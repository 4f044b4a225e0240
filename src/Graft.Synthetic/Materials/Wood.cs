using System.Numerics;

namespace Graft.Synthetic;

/// <summary>Growth rings cut lengthwise, with fine grain and dark pores.</summary>
internal sealed class Wood : Material
{
    private static readonly (Rgb Light, Rgb Dark)[] Species =
    [
        (new(0.78, 0.60, 0.40), new(0.58, 0.38, 0.22)),
        (new(0.62, 0.42, 0.26), new(0.40, 0.25, 0.15)),
        (new(0.86, 0.74, 0.56), new(0.70, 0.54, 0.36)),
    ];

    public override string Name => "wood";

    public override Part Part { get; } = new RoundPart(new Rgb(0.50, 0.32, 0.17), seatLightness: 0.35) { Doming = 0.2 };

    public override Surface Paint(SplitMix64 random)
    {
        ulong seed = random.Next();
        Light cut = Light.From(random.Uniform(-0.25, 0.25));
        double heartX = random.Uniform(-300, 620);
        double heartY = random.Uniform(-260, -60);
        double period = random.Uniform(11, 22);
        (Rgb bright, Rgb dark) = random.Pick(Species);
        RgbLanes light = bright;
        Vector<double> half = new(0.5);
        FractalNoise bend = new(seed, 3);
        ValueNoise perRing = new(seed + 2), fibre = new(seed + 3), fine = new(seed + 4), pores = new(seed + 5);
        return Surface.Paint((x, y) =>
        {
            Vector<double> u = cut.Along(x, y);
            Vector<double> v = cut.Across(x, y);
            Vector<double> distance = Vector.SquareRoot(
                Smooth.Square((u - new Vector<double>(heartX)) * 0.16) + Smooth.Square(v - new Vector<double>(heartY)));
            Vector<double> rings = (distance + (26 * (bend.At(u / 160, v / 60) - half))) / period;
            Vector<double> whole = Vector.Floor(rings);
            Vector<double> ring = Smooth.Step(0, 0.75, rings - whole) * Smooth.Rest(Smooth.Step(0.86, 1, rings - whole));
            Vector<double> strength = new Vector<double>(0.6) + (0.8 * (perRing.At(whole * 3.1, Vector<double>.Zero) - new Vector<double>(0.2)));
            Vector<double> late = new Vector<double>(0.25) + (0.65 * ring * strength);
            Vector<double> grain = Vector<double>.One + (0.16 * (fibre.At(u / 45, v / 1.1) - half)) + (0.10 * (fine.At(u / 12, v / 0.8) - half));
            Vector<double> pore = Smooth.Step(0.80, 0.95, pores.At(u / 14, v / 1.2));
            return light.Under(dark, late) * (grain * Smooth.Rest(0.22 * pore));
        });
    }
}
