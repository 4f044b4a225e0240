namespace Graft.Runtime.Preprocessing;

/// <summary>The source positions that each target position covers and their shares, as OpenCV 4.6 averages over areas.</summary>
internal sealed class AreaTable
{
    // Shares below this part of a pixel are dropped.
    private const double Least = 1e-3;

    private int[] _first = [], _start = [];
    private float[] _weights = [];
    private (int Source, int Target) _key;

    /// <summary>The first covered source position of each target position.</summary>
    public ReadOnlySpan<int> First => _first;

    /// <summary>Where the weights of each target position start; one more element marks the end.</summary>
    public ReadOnlySpan<int> Start => _start;

    /// <summary>Weights of consecutive source positions.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>Fills the table unless it holds these sizes.</summary>
    public void Fill(int source, int target)
    {
        if (_key == (source, target))
        {
            return;
        }

        _key = (source, target);
        _ = PreprocessingBuffers.Take(ref _first, target);
        _ = PreprocessingBuffers.Take(ref _start, target + 1);
        _ = PreprocessingBuffers.Take(ref _weights, source + (2 * target));
        double scale = 1 / ((double)target / source);
        int used = 0;
        for (int i = 0; i < target; i++)
        {
            double begin = i * scale, end = begin + scale, cell = Math.Min(scale, source - begin);
            int last = Math.Min((int)Math.Floor(end), source - 1), first = Math.Min((int)Math.Ceiling(begin), last);
            _start[i] = used;
            _first[i] = first;
            if (first - begin > Least)
            {
                _first[i]--;
                _weights[used++] = (float)((first - begin) / cell);
            }

            for (int at = first; at < last; at++)
            {
                _weights[used++] = (float)(1 / cell);
            }

            if (end - last > Least)
            {
                _weights[used++] = (float)(Math.Min(Math.Min(end - last, 1), cell) / cell);
            }
        }

        _start[target] = used;
    }
}
