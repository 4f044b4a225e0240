namespace Graft.Synthetic;

/// <summary>Worley's cellular noise: one jittered point per cell, and the distances to the nearest and second nearest.</summary>
internal sealed class CellNoise(ulong seed)
{
    private const ulong RowSeedOffset = 7;
    private readonly double[] _pointX = new double[9];
    private readonly double[] _pointY = new double[9];
    private long _column = long.MinValue;
    private long _row = long.MinValue;

    /// <summary>Distances from one point to its nearest and second nearest cell points, in cells.</summary>
    public (double Nearest, double Second) At(double x, double y)
    {
        long column = (long)Math.Floor(x);
        long row = (long)Math.Floor(y);
        if (column != _column || row != _row)
        {
            Enter(column, row);
        }

        double nearest = double.MaxValue;
        double second = double.MaxValue;
        for (int i = 0; i < 9; i++)
        {
            double dx = _pointX[i] - x;
            double dy = _pointY[i] - y;
            double squared = (dx * dx) + (dy * dy);
            if (squared < nearest)
            {
                second = nearest;
                nearest = squared;
            }
            else if (squared < second)
            {
                second = squared;
            }
        }

        return (Math.Sqrt(nearest), Math.Sqrt(second));
    }

    private void Enter(long column, long row)
    {
        _column = column;
        _row = row;
        for (int i = 0; i < 9; i++)
        {
            long x = column + (i % 3) - 1;
            long y = row + (i / 3) - 1;
            _pointX[i] = x + Lattice.Hash(x, y, seed);
            _pointY[i] = y + Lattice.Hash(x, y, seed + RowSeedOffset);
        }
    }
}
