using System.Numerics;

namespace Graft.Synthetic;

/// <summary>Simulates a camera: exposure, vignette, blur, noise, eight bits.</summary>
internal sealed class Camera
{
    private const int BlurRadius = 3;
    private const int Taps = (2 * BlurRadius) + 1;
    private const int NoiseHashes = 4;
    private const int Channels = 3;
    private const double Half = Surface.Size / 2.0;
    private static readonly double[] BlurSigmas = [0, 0.5, 0.8];

    private readonly double _brightness;
    private readonly double _vignette;
    private readonly double[] _weights = new double[Taps];
    private readonly bool _blurs;
    private readonly ulong _seed;
    private readonly double _noise;

    private Camera(SplitMix64 random)
    {
        _brightness = random.Uniform(0.86, 1.12);
        _vignette = random.Uniform(0.02, 0.16);
        double sigma = random.Pick(BlurSigmas);
        _blurs = sigma > 0;
        _seed = random.Next();
        _noise = random.Uniform(0.004, 0.016);
        for (int i = 0; i < Taps; i++)
        {
            _weights[i] = Math.Exp(-0.5 * Smooth.Square((i - BlurRadius) / sigma));
        }

        double total = _weights.Sum();
        for (int i = 0; i < Taps; i++)
        {
            _weights[i] /= total;
        }
    }

    /// <summary>Exposes the image: 3 bytes per pixel, red first.</summary>
    public static byte[] Expose(Surface surface, SplitMix64 random)
    {
        Camera camera = new(random);
        byte[] bytes = new byte[Surface.Size * Surface.Size * Channels];
        double[][] planes = [surface.Red, surface.Green, surface.Blue];
        for (int channel = 0; channel < Channels; channel++)
        {
            camera.Expose(planes[channel], channel, bytes);
        }

        return bytes;
    }

    /// <summary>One colour; rows are exposed once and kept as long as the blur needs them. Pixels outside repeat the border.</summary>
    private void Expose(double[] plane, int channel, byte[] bytes)
    {
        double[][] rows = [.. Enumerable.Range(0, Taps).Select(_ => new double[Surface.Size])];
        double[] exposed = new double[Surface.Size + (2 * BlurRadius)], levels = new double[Surface.Size];
        int done = 0;
        for (int y = 0; y < Surface.Size; y++)
        {
            for (; done <= Math.Min(y + BlurRadius, Surface.Size - 1); done++)
            {
                ExposeRow(plane, done, exposed, rows[done % Taps]);
            }

            if (_blurs)
            {
                Array.Clear(levels);
                for (int k = 0; k < Taps; k++)
                {
                    Add(levels, rows[Math.Clamp(y + k - BlurRadius, 0, Surface.Size - 1) % Taps], 0, _weights[k]);
                }
            }
            else
            {
                rows[y % Taps].CopyTo(levels, 0);
            }

            AddGrain(levels, y, _seed + (ulong)(channel * NoiseHashes));
            int index = (y * Surface.Size * Channels) + channel;
            for (int x = 0; x < levels.Length; x++, index += Channels)
            {
                bytes[index] = (byte)(int)levels[x];
            }
        }
    }

    /// <summary>Brightness and vignette of a row, and its blur along the row.</summary>
    private void ExposeRow(double[] plane, int y, double[] exposed, double[] row)
    {
        Vector<double> down = new(Smooth.Square(y - Half));
        for (int left = 0; left < Surface.Size; left += Vector<double>.Count)
        {
            Vector<double> fromCentre = (Smooth.Square(Row.From(left) - new Vector<double>(Half)) + down) / new Vector<double>(2 * Half * Half);
            Vector<double> gain = _brightness * Smooth.Rest(_vignette * fromCentre);
            (new Vector<double>(plane, (y * Surface.Size) + left) * gain).CopyTo(exposed, left + BlurRadius);
        }

        if (!_blurs)
        {
            Array.Copy(exposed, BlurRadius, row, 0, Surface.Size);
            return;
        }

        exposed.AsSpan(0, BlurRadius).Fill(exposed[BlurRadius]);
        exposed.AsSpan(Surface.Size + BlurRadius).Fill(exposed[Surface.Size + BlurRadius - 1]);
        Array.Clear(row);
        for (int k = 0; k < Taps; k++)
        {
            Add(row, exposed, k, _weights[k]);
        }
    }

    /// <summary>Adds a row, shifted and weighted, to another.</summary>
    private static void Add(double[] sums, double[] row, int shift, double weight)
    {
        Vector<double> weights = new(weight);
        for (int i = 0; i <= sums.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            (new Vector<double>(sums, i) + (new Vector<double>(row, i + shift) * weights)).CopyTo(sums, i);
        }
    }

    /// <summary>Adds noise to a row, and scales it to levels of 0 to 255, rounded when their fraction is cut off.</summary>
    private void AddGrain(double[] levels, int y, ulong seed)
    {
        for (int x = 0; x <= levels.Length - Vector<double>.Count; x += Vector<double>.Count)
        {
            Vector<double> level = new Vector<double>(levels, x) + (_noise * Grain(x, y, seed));
            ((255 * Smooth.Clamp(level, 0, 1)) + new Vector<double>(0.5)).CopyTo(levels, x);
        }
    }

    /// <summary>Approximately normal noise with deviation 1: four hashes, centred and scaled by √3.</summary>
    private static Vector<double> Grain(int x, int y, ulong seed)
    {
        // The 24 bits of four hashes add up exactly, as whole numbers or as numbers in 0..1.
        Vector<ulong> keys = Lattice.Keys(Row.From(x), new Vector<double>(y), seed), sum = Vector<ulong>.Zero;
        for (ulong i = 0; i < NoiseHashes; i++)
        {
            sum += Lattice.Bits(keys + new Vector<ulong>(i));
        }

        return 1.7320508 * (Lattice.Scaled(sum) - new Vector<double>(2));
    }
}
