namespace Graft.Runtime.Preprocessing;

/// <summary>Two source positions and their 11-bit weights for each target position, as OpenCV 4.6 resizes 8-bit images.</summary>
internal sealed class LinearTable
{
    /// <summary>The weight of 1.</summary>
    internal const int One = 1 << 11;

    private int[] _near = [], _far = [], _nearWeight = [], _farWeight = [];
    private (int Source, int Target, bool Area, bool Columns) _key;

    /// <summary>The position with the lower index.</summary>
    public ReadOnlySpan<int> Near => _near;

    /// <summary>The next position, or the last one.</summary>
    public ReadOnlySpan<int> Far => _far;

    /// <summary>Weights of <see cref="Near"/>.</summary>
    public ReadOnlySpan<int> NearWeight => _nearWeight;

    /// <summary>Weights of <see cref="Far"/>.</summary>
    public ReadOnlySpan<int> FarWeight => _farWeight;

    /// <summary>Fills the table unless it holds these sizes.</summary>
    /// <param name="source">Length of the source.</param>
    /// <param name="target">Length of the target.</param>
    /// <param name="area">Whether the resize is by area, of an image that gets larger in one direction.</param>
    /// <param name="columns">Columns clamp the weights at the edges, rows clamp the positions.</param>
    public void Fill(int source, int target, bool area, bool columns)
    {
        if (_key == (source, target, area, columns))
        {
            return;
        }

        _key = (source, target, area, columns);
        _ = PreprocessingBuffers.Take(ref _near, target);
        _ = PreprocessingBuffers.Take(ref _far, target);
        _ = PreprocessingBuffers.Take(ref _nearWeight, target);
        _ = PreprocessingBuffers.Take(ref _farWeight, target);
        double inverse = (double)target / source, scale = 1 / inverse;
        for (int i = 0; i < target; i++)
        {
            (int near, float fraction) = area ? ByArea(i, scale, inverse) : ByCentre(i, scale);
            if (columns && (near < 0 || near >= source - 1))
            {
                (near, fraction) = (Math.Clamp(near, 0, source - 1), 0);
            }

            _near[i] = Math.Clamp(near, 0, source - 1);
            _far[i] = Math.Clamp(near + 1, 0, source - 1);
            _nearWeight[i] = (int)MathF.Round((1 - fraction) * One);
            _farWeight[i] = (int)MathF.Round(fraction * One);
        }
    }

    private static (int Near, float Fraction) ByCentre(int i, double scale)
    {
        float position = (float)(((i + 0.5) * scale) - 0.5);
        int near = (int)MathF.Floor(position);
        return (near, position - near);
    }

    private static (int Near, float Fraction) ByArea(int i, double scale, double inverse)
    {
        int near = (int)Math.Floor(i * scale);
        float fraction = (float)(i + 1 - ((near + 1) * inverse));
        return (near, fraction <= 0 ? 0 : fraction - MathF.Floor(fraction));
    }
}
