using System.Numerics;

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
        Vector<double> half = new(0.5);
        Field relief = new(Region.Whole, (x, y) =>
        {
            Vector<double> u = (x / cell) + (0.9 * (warpX.At(x / 40, y / 40) - half));
            Vector<double> v = (y / cell) + (0.9 * (warpY.At(x / 40, y / 40) - half));
            (Vector<double> nearest, Vector<double> second) = cells.At(u, v);
            Vector<double> gap = second - nearest;
            gap.CopyTo(gaps, ((int)y[0] * Surface.Size) + (int)x[0]);
            return Smooth.Step(0, 0.22, gap) + (0.25 * Smooth.Rest(nearest)) + (0.5 * (swell.At(x / 30, y / 30) - half));
        });
        Light light = Light.From(LightAngle);
        return Surface.Paint((x, y) =>
        {
            Vector<double> furrow = Smooth.Step(0, 0.20, new Vector<double>(gaps, ((int)y[0] * Surface.Size) + (int)x[0]));
            Vector<double> level = new Vector<double>(0.70) + (0.34 * furrow) + (0.12 * (clouds.At(x / 80, y / 80) - half));
            return colour * (level * (Vector<double>.One + (0.30 * relief.Shade(x, y, light))));
        });
    }
}
