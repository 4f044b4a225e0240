using System.Numerics;

namespace Graft.Synthetic;

/// <summary>Glazed tiles with specks, grout lines, a soft bevel and one wide highlight.</summary>
internal sealed class CeramicTile : Material
{
    private static readonly Rgb Grout = new(0.52, 0.50, 0.47);
    private static readonly Rgb[] Glazes =
        [new(0.84, 0.82, 0.78), new(0.72, 0.76, 0.78), new(0.80, 0.72, 0.64), new(0.60, 0.66, 0.62), new(0.88, 0.88, 0.87)];

    public override string Name => "ceramic tile";

    public override Part Part { get; } = new RoundPart(new Rgb(0.20, 0.34, 0.58), seatLightness: 0.88);

    public override Surface Paint(SplitMix64 random)
    {
        ulong seed = random.Next();
        Rgb glaze = random.Pick(Glazes);
        double period = random.Uniform(130, 200);
        double offsetX = random.Uniform(0, period);
        double offsetY = random.Uniform(0, period);
        double speckle = random.Uniform(0, 0.18);
        double halfGrout = random.Uniform(2.0, 3.6);
        double shineX = random.Uniform(0, Surface.Size);
        double shineY = random.Uniform(0, Surface.Size);
        FractalNoise clouds = new(seed, 4), ripple = new(seed + 2, 3);
        ValueNoise specks = new(seed + 4), sand = new(seed + 5);
        Vector<double> half = new(0.5);
        return Surface.Paint((x, y) =>
        {
            Vector<double> level = Vector<double>.One + (0.10 * (clouds.At(x / 70, y / 70) - half)) + (0.035 * (ripple.At(x / 6, y / 6) - half));
            RgbLanes pixel = glaze * level;
            pixel *= Smooth.Rest(speckle * Smooth.Step(0.86, 0.93, specks.At(x / 2.6, y / 2.6)));
            Vector<double> toGrout = Vector.Min(ToLine(x - new Vector<double>(offsetX), period), ToLine(y - new Vector<double>(offsetY), period));
            pixel *= Vector<double>.One + (0.07 * (Smooth.Step(halfGrout, halfGrout + 3, toGrout) - Vector<double>.One));
            RgbLanes line = Grout * (Vector<double>.One + (0.2 * (sand.At(x / 1.8, y / 1.8) - half)));
            pixel = pixel.Under(line, Smooth.Inside(halfGrout, 0.8, toGrout));
            Vector<double> toShine = Smooth.Square(x - new Vector<double>(shineX)) + Smooth.Square(y - new Vector<double>(shineY));
            return pixel * (Vector<double>.One + (0.08 * Smooth.Exp(-toShine / new Vector<double>(2 * Smooth.Square(95.0)))));
        });
    }

    private static Vector<double> ToLine(Vector<double> position, double period)
    {
        Vector<double> half = new(period / 2);
        Vector<double> shifted = position + half;
        return Vector.Abs(shifted - (period * Vector.Floor(shifted / period)) - half);
    }
}
