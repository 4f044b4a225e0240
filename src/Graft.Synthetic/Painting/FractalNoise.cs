using System.Numerics;

namespace Graft.Synthetic;

/// <summary>Octaves of value noise, each twice as fine and half as strong as the last; in 0..1 around 0.5.</summary>
internal sealed class FractalNoise
{
    private const ulong OctaveStride = 101;
    private readonly ValueNoise[] _octaves;
    private readonly double _total;

    public FractalNoise(ulong seed, int octaves)
    {
        _octaves = [.. Enumerable.Range(0, octaves).Select(octave => new ValueNoise(seed + ((ulong)octave * OctaveStride)))];
        _total = _octaves.Select((_, octave) => 1.0 / (1 << octave)).Sum();
    }

    /// <summary>The noise at one point, in units of the coarsest lattice.</summary>
    public double At(double x, double y) => At(new Vector<double>(x), new Vector<double>(y))[0];

    /// <summary>The noise at several points, in units of the coarsest lattice.</summary>
    public Vector<double> At(Vector<double> x, Vector<double> y)
    {
        Vector<double> sum = _octaves[0].At(x, y);
        double weight = 1;
        double scale = 1;
        for (int i = 1; i < _octaves.Length; i++)
        {
            weight *= 0.5;
            scale *= 2;
            sum += _octaves[i].At(x * scale, y * scale) * weight;
        }

        return sum / new Vector<double>(_total);
    }
}
