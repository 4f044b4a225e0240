namespace Graft.Synthetic;

/// <summary>Octaves of value noise, each twice as fine and half as strong as the last; in 0..1 around 0.5.</summary>
internal sealed class FractalNoise
{
    private const ulong OctaveStride = 101;
    private readonly ValueNoise[] _octaves;

    public FractalNoise(ulong seed, int octaves)
        => _octaves = [.. Enumerable.Range(0, octaves).Select(octave => new ValueNoise(seed + ((ulong)octave * OctaveStride)))];

    /// <summary>The noise at one point, in units of the coarsest lattice.</summary>
    public double At(double x, double y)
    {
        double sum = 0;
        double total = 0;
        double weight = 1;
        double scale = 1;
        foreach (ValueNoise octave in _octaves)
        {
            sum += weight * octave.At(x * scale, y * scale);
            total += weight;
            weight *= 0.5;
            scale *= 2;
        }

        return sum / total;
    }
}
