using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A number for each pixel of several in a row at (x, y).</summary>
internal delegate Vector<double> Measure(Vector<double> x, Vector<double> y);

/// <summary>A number for each pixel of a region; as heights, its slope against the light makes dents and grain visible.</summary>
internal sealed class Field
{
    private readonly Region _region;
    private readonly int _stride;
    private readonly double[] _values;

    public Field(Region region, Measure measure)
    {
        (_region, _stride) = (region, region.Width + 2 + Row.MostLanes);
        _values = GC.AllocateUninitializedArray<double>((_stride * region.Height) + Row.MostLanes);
        for (int y = region.Top; y < region.Bottom; y++)
        {
            int start = ((y - region.Top) * _stride) + 1;
            for (int x = 0; x < region.Width; x += Vector<double>.Count)
            {
                measure(Row.From(region.Left + x), new Vector<double>(y)).CopyTo(_values, start + x);
            }

            // The border repeats outwards, so that a slope there needs no other formula.
            _values[start - 1] = _values[start];
            _values[start + region.Width] = _values[start + region.Width - 1];
        }
    }

    /// <summary>The numbers at pixels of the region.</summary>
    public Vector<double> At(Vector<double> x, Vector<double> y) => new(_values, Index((int)x[0], (int)y[0]));

    /// <summary>The slope along the light at pixels of the region: central differences inside, one-sided at the border.</summary>
    public Vector<double> Shade(Vector<double> x, Vector<double> y, Light light)
    {
        int row = (int)y[0];
        int column = (int)x[0];
        int top = Math.Max(row - 1, _region.Top);
        int bottom = Math.Min(row + 1, _region.Bottom - 1);
        int middle = Index(column, row);
        Vector<long> onBorder = Vector.Equals(x, new Vector<double>(_region.Left)) | Vector.Equals(x, new Vector<double>(_region.Right - 1));
        Vector<double> distance = Vector.ConditionalSelect(onBorder, Vector<double>.One, new Vector<double>(2));
        Vector<double> slopeX = (new Vector<double>(_values, middle + 1) - new Vector<double>(_values, middle - 1)) / distance;
        Vector<double> slopeY = (new Vector<double>(_values, Index(column, bottom)) - new Vector<double>(_values, Index(column, top)))
            / new Vector<double>(Math.Max(1, bottom - top));
        return light.Along(slopeX, slopeY);
    }

    private int Index(int x, int y) => ((y - _region.Top) * _stride) + 1 + x - _region.Left;
}
