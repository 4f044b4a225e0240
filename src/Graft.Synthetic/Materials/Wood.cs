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
        (Rgb light, Rgb dark) = random.Pick(Species);
        FractalNoise bend = new(seed, 3);
        ValueNoise perRing = new(seed + 2), fibre = new(seed + 3), fine = new(seed + 4), pores = new(seed + 5);
        return Surface.Paint((x, y) =>
        {
            double u = cut.Along(x, y);
            double v = (-x * cut.Sine) + (y * cut.Cosine);
            double distance = Math.Sqrt(Smooth.Square((u - heartX) * 0.16) + Smooth.Square(v - heartY));
            double rings = (distance + (26 * (bend.At(u / 160, v / 60) - 0.5))) / period;
            double whole = Math.Floor(rings);
            double ring = Smooth.Step(0, 0.75, rings - whole) * (1 - Smooth.Step(0.86, 1, rings - whole));
            double late = 0.25 + (0.65 * ring * (0.6 + (0.8 * (perRing.At(whole * 3.1, 0) - 0.2))));
            double grain = 1 + (0.16 * (fibre.At(u / 45, v / 1.1) - 0.5)) + (0.10 * (fine.At(u / 12, v / 0.8) - 0.5));
            double pore = Smooth.Step(0.80, 0.95, pores.At(u / 14, v / 1.2));
            return light.Under(dark, late) * (grain * (1 - (0.22 * pore)));
        });
    }
}
