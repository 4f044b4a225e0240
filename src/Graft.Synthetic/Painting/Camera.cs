namespace Graft.Synthetic;

/// <summary>Simulates a camera: exposure, vignette, blur, noise, eight bits.</summary>
internal static class Camera
{
    private const int BlurRadius = 3;
    private const int NoiseHashes = 4;
    private static readonly double[] BlurSigmas = [0, 0.5, 0.8];

    /// <summary>Exposes the image: 3 bytes per pixel, red first.</summary>
    public static byte[] Expose(Surface surface, SplitMix64 random)
    {
        double brightness = random.Uniform(0.86, 1.12);
        double vignette = random.Uniform(0.02, 0.16);
        double sigma = random.Pick(BlurSigmas);
        ulong seed = random.Next();
        double noise = random.Uniform(0.004, 0.016);
        const double Half = Surface.Size / 2.0;
        surface.Repaint(Region.Whole, (x, y, under) =>
        {
            double fromCentre = (Smooth.Square(x - Half) + Smooth.Square(y - Half)) / (2 * Half * Half);
            return under * (brightness * (1 - (vignette * fromCentre)));
        });
        Rgb[] pixels = sigma > 0 ? Blur(Blur(surface.Pixels, sigma, 1), sigma, Surface.Size) : surface.Pixels;
        return Quantize(pixels, seed, noise);
    }

    /// <summary>One direction of a Gaussian blur; pixels outside repeat the border.</summary>
    private static Rgb[] Blur(Rgb[] pixels, double sigma, int stride)
    {
        double[] weights = new double[(2 * BlurRadius) + 1];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Exp(-0.5 * Smooth.Square((i - BlurRadius) / sigma));
        }

        double total = weights.Sum();
        Rgb[] blurred = new Rgb[pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            int position = i / stride % Surface.Size;
            Rgb sum = default;
            for (int k = -BlurRadius; k <= BlurRadius; k++)
            {
                int shift = Math.Clamp(position + k, 0, Surface.Size - 1) - position;
                sum += pixels[i + (shift * stride)] * (weights[k + BlurRadius] / total);
            }

            blurred[i] = sum;
        }

        return blurred;
    }

    private static byte[] Quantize(Rgb[] pixels, ulong seed, double noise)
    {
        byte[] bytes = new byte[pixels.Length * 3];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int y, int x) = Math.DivRem(i, Surface.Size);
            bytes[3 * i] = Level(pixels[i].Red + (noise * Grain(x, y, seed)));
            bytes[(3 * i) + 1] = Level(pixels[i].Green + (noise * Grain(x, y, seed + NoiseHashes)));
            bytes[(3 * i) + 2] = Level(pixels[i].Blue + (noise * Grain(x, y, seed + (2 * NoiseHashes))));
        }

        return bytes;
    }

    /// <summary>Approximately normal noise with deviation 1: four hashes, centred and scaled by √3.</summary>
    private static double Grain(int x, int y, ulong seed)
    {
        double sum = 0;
        for (ulong i = 0; i < NoiseHashes; i++)
        {
            sum += Lattice.Hash(x, y, seed + i);
        }

        return 1.7320508 * (sum - 2);
    }

    private static byte Level(double value) => (byte)Math.Floor((255 * Math.Clamp(value, 0, 1)) + 0.5);
}
