namespace Graft.Synthetic;

/// <summary>A relief over a region; its slope against the light makes dents and grain visible.</summary>
internal sealed class HeightField
{
    private readonly Region _region;
    private readonly double[] _heights;

    public HeightField(Region region, Func<double, double, double> height)
    {
        _region = region;
        _heights = new double[region.Area];
        int i = 0;
        for (int y = region.Top; y < region.Bottom; y++)
        {
            for (int x = region.Left; x < region.Right; x++)
            {
                _heights[i++] = height(x, y);
            }
        }
    }

    /// <summary>The slope along the light at one pixel: central differences inside, one-sided at the border.</summary>
    public double Shade(double x, double y, Light light)
    {
        int column = (int)x - _region.Left;
        int row = (int)y - _region.Top;
        int left = Math.Max(column - 1, 0);
        int right = Math.Min(column + 1, _region.Width - 1);
        int top = Math.Max(row - 1, 0);
        int bottom = Math.Min(row + 1, _region.Height - 1);
        double slopeX = (At(right, row) - At(left, row)) / Math.Max(1, right - left);
        double slopeY = (At(column, bottom) - At(column, top)) / Math.Max(1, bottom - top);
        return light.Along(slopeX, slopeY);
    }

    private double At(int column, int row) => _heights[(row * _region.Width) + column];
}
