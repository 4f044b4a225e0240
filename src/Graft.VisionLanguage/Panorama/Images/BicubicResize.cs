namespace Graft.VisionLanguage;

/// <summary>Bicubic resizing (a = −0.5) with antialiasing in the fixed-point arithmetic of Pillow, as in the image processors of vision-language models.</summary>
internal static class BicubicResize
{
    private const int Bits = 32 - 8 - 2;
    private const double Support = 2;

    public static RgbImage To(RgbImage source, int width, int height)
    {
        RgbImage wide = width == source.Width ? source : Horizontal(source, width);
        return height == source.Height ? wide : Vertical(wide, height);
    }

    private static RgbImage Horizontal(RgbImage source, int width)
    {
        RgbImage result = new(width, source.Height);
        Taps[] taps = Plan(source.Width, width);
        for (int y = 0; y < source.Height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                Sum(source.Pixels, 3 * (y * source.Width + taps[x].First), 3, taps[x].Weights, result.Pixels, 3 * (y * width + x));
            }
        }

        return result;
    }

    private static RgbImage Vertical(RgbImage source, int height)
    {
        RgbImage result = new(source.Width, height);
        Taps[] taps = Plan(source.Height, height);
        int stride = 3 * source.Width;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < source.Width; x++)
            {
                Sum(source.Pixels, taps[y].First * stride + 3 * x, stride, taps[y].Weights, result.Pixels, y * stride + 3 * x);
            }
        }

        return result;
    }

    private static void Sum(byte[] source, int from, int step, int[] weights, byte[] target, int to)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            int sum = 1 << (Bits - 1);
            for (int tap = 0; tap < weights.Length; tap++)
            {
                sum += source[from + tap * step + channel] * weights[tap];
            }

            target[to + channel] = (byte)Math.Clamp(sum >> Bits, 0, 255);
        }
    }

    /// <summary>The source pixels of every target pixel and their weights, which sum to one.</summary>
    private static Taps[] Plan(int from, int to)
    {
        double scale = (double)from / to, spread = Math.Max(scale, 1), reach = Support * spread;
        Taps[] taps = new Taps[to];
        for (int target = 0; target < to; target++)
        {
            double centre = (target + 0.5) * scale;
            int first = Math.Max((int)(centre - reach + 0.5), 0), end = Math.Min((int)(centre + reach + 0.5), from);
            double[] weights = new double[end - first];
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] = Cubic((i + first - centre + 0.5) / spread);
            }

            double total = weights.Sum();
            taps[target] = new Taps(first, [.. weights.Select(w => (int)Math.Round(w / total * (1 << Bits), MidpointRounding.AwayFromZero))]);
        }

        return taps;
    }

    private static double Cubic(double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        return x < 1 ? ((A + 2) * x - (A + 3)) * x * x + 1 : x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }

    private readonly record struct Taps(int First, int[] Weights);
}
