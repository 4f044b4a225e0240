namespace Graft.Synthetic;

/// <summary>Embossed leather: warped cells with shaded furrows between them.</summary>
internal sealed class Leather : Material
{
    private const double LightAngle = -2.2;
    private static readonly Rgb[] Colours =
        [new(0.36, 0.22, 0.14), new(0.16, 0.14, 0.13), new(0.55, 0.36, 0.22), new(0.40, 0.12, 0.11), new(0.62, 0.55, 0.46)];

    public override string Name => "leather";

    public override Part Part { get; } = new RoundPart(new Rgb(0.78, 0.66, 0.36), seatLightness: 0.60) { HasBore = true };

    public override Surface Paint(SplitMix64 random)
    {
        ulong seed = random.Next();
        Rgb colour = random.Pick(Colours);
        double cell = random.Uniform(7, 13);
        FractalNoise warpX = new(seed, 2), warpY = new(seed + 5, 2), swell = new(seed + 2, 3), clouds = new(seed + 3, 2);
        CellNoise cells = new(seed + 1);
        double[] gaps = new double[Surface.Size * Surface.Size];
        HeightField relief = new(Region.Whole, (x, y) =>
        {
            double u = (x / cell) + (0.9 * (warpX.At(x / 40, y / 40) - 0.5));
            double v = (y / cell) + (0.9 * (warpY.At(x / 40, y / 40) - 0.5));
            (double nearest, double second) = cells.At(u, v);
            double gap = second - nearest;
            gaps[((int)y * Surface.Size) + (int)x] = gap;
            return Smooth.Step(0, 0.22, gap) + (0.25 * (1 - nearest)) + (0.5 * (swell.At(x / 30, y / 30) - 0.5));
        });
        Light light = Light.From(LightAngle);
        return Surface.Paint((x, y) =>
        {
            double furrow = Smooth.Step(0, 0.20, gaps[((int)y * Surface.Size) + (int)x]);
            double level = 0.70 + (0.34 * furrow) + (0.12 * (clouds.At(x / 80, y / 80) - 0.5));
            return colour * (level * (1 + (0.30 * relief.Shade(x, y, light))));
        });
    }
}
