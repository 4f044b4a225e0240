using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>Blends two images and keeps the objects of both.</summary>
internal static class MixUp
{
    private const double Shape = 32;

    /// <summary>Blends a sample of the same size into the first; the share is drawn from Beta(32, 32).</summary>
    public static void Apply(Sample sample, Sample other, SplitMix64 random)
    {
        double a = Gamma(random);
        double share = a / (a + Gamma(random));
        Image mixed = sample.Image.Copy();
        for (int y = 0; y < mixed.Height; y++)
        {
            Span<byte> row = mixed.Row(y);
            ReadOnlySpan<byte> second = other.Image.Row(y);
            for (int x = 0; x < row.Length; x++)
            {
                row[x] = (byte)((share * row[x]) + ((1 - share) * second[x]));
            }
        }

        sample.Replace(mixed, [.. sample.Objects, .. other.Objects]);
    }

    /// <summary>A gamma variate by Marsaglia and Tsang's method (2000).</summary>
    private static double Gamma(SplitMix64 random)
    {
        const double D = Shape - (1.0 / 3);
        double c = 1 / Math.Sqrt(9 * D);
        while (true)
        {
            double x = Math.Sqrt(-2 * Math.Log(1 - random.Uniform())) * Math.Cos(2 * Math.PI * random.Uniform());
            double v = Math.Pow(1 + (c * x), 3);
            if (v > 0 && Math.Log(1 - random.Uniform()) < (0.5 * x * x) + D - (D * v) + (D * Math.Log(v)))
            {
                return D * v;
            }
        }
    }
}
