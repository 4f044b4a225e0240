using System.Numerics;

namespace Graft.Synthetic;

/// <summary>Worley's cellular noise: one jittered point per cell, and the distances to the nearest and second nearest.</summary>
internal sealed class CellNoise(ulong seed)
{
    private const ulong RowSeedOffset = 7;
    private const int Neighbours = 9;
    private readonly double[] _pointX = new double[Neighbours];
    private readonly double[] _pointY = new double[Neighbours];
    private double _column = double.NaN;
    private double _row = double.NaN;

    /// <summary>Distances from one point to its nearest and second nearest cell points, in cells.</summary>
    public (double Nearest, double Second) At(double x, double y)
    {
        (Vector<double> nearest, Vector<double> second) = At(new Vector<double>(x), new Vector<double>(y));
        return (nearest[0], second[0]);
    }

    /// <summary>The distances from several points.</summary>
    public (Vector<double> Nearest, Vector<double> Second) At(Vector<double> x, Vector<double> y)
    {
        Vector<double> columns = Vector.Floor(x);
        Vector<double> rows = Vector.Floor(y);
        (Vector<double> nearest, Vector<double> second) = FromCell(columns[0], rows[0], x, y);
        for (int i = 1; i < Vector<double>.Count; i++)
        {
            if (columns[i] == _column && rows[i] == _row)
            {
                continue;
            }

            // Points of another cell are measured against its neighbours, and all that lie in it are replaced.
            (Vector<double> otherNearest, Vector<double> otherSecond) = FromCell(columns[i], rows[i], x, y);
            Vector<long> same = Vector.Equals(columns, new Vector<double>(_column)) & Vector.Equals(rows, new Vector<double>(_row));
            nearest = Vector.ConditionalSelect(same, otherNearest, nearest);
            second = Vector.ConditionalSelect(same, otherSecond, second);
        }

        return (Vector.SquareRoot(nearest), Vector.SquareRoot(second));
    }

    /// <summary>Squared distances to the two nearest points in and around one cell.</summary>
    private (Vector<double> Nearest, Vector<double> Second) FromCell(double column, double row, Vector<double> x, Vector<double> y)
    {
        if (column != _column || row != _row)
        {
            Enter(column, row);
        }

        Vector<double> nearest = new(double.MaxValue);
        Vector<double> second = nearest;
        for (int i = 0; i < Neighbours; i++)
        {
            Vector<double> dx = new Vector<double>(_pointX[i]) - x;
            Vector<double> dy = new Vector<double>(_pointY[i]) - y;
            Vector<double> squared = (dx * dx) + (dy * dy);
            second = Vector.Min(second, Vector.Max(nearest, squared));
            nearest = Vector.Min(nearest, squared);
        }

        return (nearest, second);
    }

    private void Enter(double column, double row)
    {
        (_column, _row) = (column, row);
        for (int i = 0; i < Neighbours; i++)
        {
            long x = (long)column + (i % 3) - 1;
            long y = (long)row + (i / 3) - 1;
            _pointX[i] = x + Lattice.Hash(x, y, seed);
            _pointY[i] = y + Lattice.Hash(x, y, seed + RowSeedOffset);
        }
    }
}
