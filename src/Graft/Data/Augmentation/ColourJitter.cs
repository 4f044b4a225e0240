using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>Random hue, saturation and brightness, and rare blurs and contrasts.</summary>
internal static class ColourJitter
{
    private const int Hues = 180;

    /// <summary>
    /// Makes OpenCV build its Lab tables (4 MB) up front: it builds them for the first image whose contrast is changed, so that a long
    /// run would seem to leak midway.
    /// </summary>
    public static void Prepare()
    {
        using Image dot = new(8, 8, default);
        dot.Equalize(1, 8).Dispose();
    }

    /// <summary>Multiplies hue (around the circle), saturation and brightness by random factors.</summary>
    public static void Apply(Sample sample, AugmentOptions options, SplitMix64 random)
    {
        double hue = 1 + (random.Uniform(-1, 1) * options.HsvH);
        double saturation = 1 + (random.Uniform(-1, 1) * options.HsvS);
        double value = 1 + (random.Uniform(-1, 1) * options.HsvV);
        if (options.HsvH == 0 && options.HsvS == 0 && options.HsvV == 0)
        {
            return;
        }

        Span<byte> tables = stackalloc byte[3 * 256];
        for (int i = 0; i < 256; i++)
        {
            tables[i] = (byte)(i * hue % Hues);
            tables[256 + i] = (byte)Math.Min(i * saturation, 255);
            tables[512 + i] = (byte)Math.Min(i * value, 255);
        }

        using Image hsv = sample.Image.ToHsv();
        using Image changed = hsv.Lookup(tables);
        sample.Replace(changed.FromHsv());
    }

    /// <summary>Each with its small chance: mean blur, median blur, grey, local contrast.</summary>
    public static void ApplyFilters(Sample sample, double chance, SplitMix64 random)
    {
        if (random.Uniform() < chance)
        {
            sample.Replace(sample.Image.Blur(OddKernel(random)));
        }

        if (random.Uniform() < chance)
        {
            sample.Replace(sample.Image.Blur(OddKernel(random), median: true));
        }

        if (random.Uniform() < chance)
        {
            using Image grey = sample.Image.ToGrey();
            sample.Replace(grey.FromGrey());
        }

        if (random.Uniform() < chance)
        {
            sample.Replace(sample.Image.Equalize(random.Uniform(1, 4), 8));
        }
    }

    private static int OddKernel(SplitMix64 random) => 1 + (2 * random.Integer(1, 3));
}
