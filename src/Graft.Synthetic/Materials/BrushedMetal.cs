using System.Numerics;

namespace Graft.Synthetic;

/// <summary>Steel with long fine brush marks and one broad reflection.</summary>
internal sealed class BrushedMetal : Material
{
    public override string Name => "brushed metal";

    public override Part Part { get; } = new RoundPart(new Rgb(0.66, 0.66, 0.69), seatLightness: 0.55) { HasBore = true };

    public override Surface Paint(SplitMix64 random)
    {
        double angle = random.Pick([0, Math.PI / 2, random.Uniform(0, Math.PI)]);
        Light brush = Light.From(angle);
        ulong seed = random.Next();
        double grey = random.Uniform(0.46, 0.70);
        Rgb tint = new(1, random.Uniform(0.98, 1.01), random.Uniform(0.97, 1.05));
        double centre = random.Uniform(-100, 420);
        double gloss = random.Uniform(0.04, 0.14);
        double width = random.Uniform(50, 130);
        ValueNoise fine = new(seed), wide = new(seed + 1), small = new(seed + 2);
        FractalNoise clouds = new(seed + 3, 2);
        Vector<double> half = new(0.5);
        return Surface.Paint((x, y) =>
        {
            Vector<double> along = brush.Along(x, y);
            Vector<double> across = brush.Across(x, y);
            Vector<double> level = new Vector<double>(grey)
                + (0.10 * (fine.At(along / 90, across / 0.9) - half))
                + (0.09 * (wide.At(along / 220, across / 1.7) - half))
                + (0.05 * (small.At(along / 25, across / 0.7) - half))
                + (gloss * Smooth.Bell((across - new Vector<double>(centre)) / width))
                + (0.05 * (clouds.At(x / 150, y / 150) - half));
            return tint * level;
        });
    }
}
