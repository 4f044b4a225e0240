using System.Numerics;

namespace Graft.Synthetic;

/// <summary>Woven yarns, plain or twill, slightly turned and warped.</summary>
internal sealed class Fabric : Material
{
    private static readonly Rgb[] Colours =
    [
        new(0.75, 0.72, 0.66), new(0.35, 0.42, 0.58), new(0.62, 0.35, 0.32),
        new(0.45, 0.50, 0.42), new(0.80, 0.80, 0.82), new(0.30, 0.30, 0.33),
    ];

    public override string Name => "fabric";

    public override Part Part { get; } = new RoundPart(new Rgb(0.86, 0.84, 0.78), seatLightness: 0.86)
    {
        HasBore = true,
        HasThreadHoles = true,
    };

    public override Surface Paint(SplitMix64 random)
    {
        double period = random.Uniform(5.5, 9.5);
        Light turn = Light.From(random.Uniform(-0.12, 0.12));
        ulong seed = random.Next();
        int weave = random.Pick([2, 2, 3]);
        Rgb colour = random.Pick(Colours);
        FractalNoise warpX = new(seed, 2), warpY = new(seed + 9, 2), clouds = new(seed + 6, 2);
        ValueNoise fuzz = new(seed + 5);
        Vector<double> half = new(0.5), one = Vector<double>.One;
        return Surface.Paint((x, y) =>
        {
            Vector<double> u = (turn.Along(x, y) + (2.4 * (warpX.At(x / 60, y / 60) - half))) / period;
            Vector<double> v = (turn.Across(x, y) + (2.4 * (warpY.At(x / 60, y / 60) - half))) / period;
            Vector<double> column = Vector.Floor(u);
            Vector<double> row = Vector.Floor(v);
            Vector<double> upright = Round(u - column);
            Vector<double> level = Round(v - row);
            Vector<double> step = column + row;
            Vector<long> over = Vector.LessThan(step - (weave * Vector.Floor(step / weave)), one);
            Vector<double> crossing = Vector.ConditionalSelect(over, upright, level), below = Vector.ConditionalSelect(over, level, upright);
            Vector<double> profile = crossing * (new Vector<double>(0.72) + (0.28 * below));
            Vector<ulong> keys = Vector.ConditionalSelect(
                Vector.AsVectorUInt64(over), Lattice.Keys(column, Vector<double>.Zero, seed + 3), Lattice.Keys(row, Vector<double>.Zero, seed + 4));
            Vector<double> lightness = (half + (0.50 * profile))
                * (one + (0.14 * (Lattice.At(keys) - half)))
                * (one + (0.10 * (fuzz.At(x / 1.3, y / 1.3) - half)))
                * (one + (0.10 * (clouds.At(x / 90, y / 90) - half)));
            return colour * lightness;
        });
    }

    private static Vector<double> Round(Vector<double> position)
        => Vector.SquareRoot(Smooth.Clamp(Smooth.Rest(Smooth.Square((2 * position) - Vector<double>.One)), 0, 1));
}
