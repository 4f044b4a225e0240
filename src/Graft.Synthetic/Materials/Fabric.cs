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
        return Surface.Paint((x, y) =>
        {
            double u = (turn.Along(x, y) + (2.4 * (warpX.At(x / 60, y / 60) - 0.5))) / period;
            double v = ((-x * turn.Sine) + (y * turn.Cosine) + (2.4 * (warpY.At(x / 60, y / 60) - 0.5))) / period;
            long column = (long)Math.Floor(u);
            long row = (long)Math.Floor(v);
            double upright = Round(u - column);
            double level = Round(v - row);
            bool over = (((column + row) % weave) + weave) % weave < 1;
            double profile = over ? upright * (0.72 + (0.28 * level)) : level * (0.72 + (0.28 * upright));
            double yarn = over ? Lattice.Hash(column, 0, seed + 3) : Lattice.Hash(row, 0, seed + 4);
            double lightness = (0.50 + (0.50 * profile))
                * (1 + (0.14 * (yarn - 0.5)))
                * (1 + (0.10 * (fuzz.At(x / 1.3, y / 1.3) - 0.5)))
                * (1 + (0.10 * (clouds.At(x / 90, y / 90) - 0.5)));
            return colour * lightness;
        });
    }

    private static double Round(double position) => Math.Sqrt(Math.Clamp(1 - Smooth.Square((2 * position) - 1), 0, 1));
}
