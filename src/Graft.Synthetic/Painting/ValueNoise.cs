namespace Graft.Synthetic;

/// <summary>Smooth noise in 0..1 between hashed lattice points; caches its cell, since neighbouring pixels mostly share one.</summary>
internal sealed class ValueNoise(ulong seed)
{
    private long _column = long.MinValue;
    private long _row = long.MinValue;
    private double _topLeft;
    private double _topRight;
    private double _bottomLeft;
    private double _bottomRight;

    /// <summary>The noise at one point, in lattice units.</summary>
    public double At(double x, double y)
    {
        double floorX = Math.Floor(x);
        double floorY = Math.Floor(y);
        if ((long)floorX != _column || (long)floorY != _row)
        {
            Enter((long)floorX, (long)floorY);
        }

        double across = Fade(x - floorX);
        double top = _topLeft + ((_topRight - _topLeft) * across);
        double bottom = _bottomLeft + ((_bottomRight - _bottomLeft) * across);
        return top + ((bottom - top) * Fade(y - floorY));
    }

    private static double Fade(double t) => t * t * t * ((t * ((t * 6) - 15)) + 10);

    private void Enter(long column, long row)
    {
        _column = column;
        _row = row;
        _topLeft = Lattice.Hash(column, row, seed);
        _topRight = Lattice.Hash(column + 1, row, seed);
        _bottomLeft = Lattice.Hash(column, row + 1, seed);
        _bottomRight = Lattice.Hash(column + 1, row + 1, seed);
    }
}
