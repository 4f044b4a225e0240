using System.Numerics;
using System.Runtime.CompilerServices;

namespace Graft.Synthetic;

/// <summary>Smooth noise in 0..1 between hashed lattice points; remembers its cells, since neighbouring pixels mostly share them.</summary>
internal sealed class ValueNoise(ulong seed)
{
    private Vector<double> _floorX = new(double.NaN);
    private Vector<double> _floorY;
    private Vector<double> _topLeft;
    private Vector<double> _topRight;
    private Vector<double> _bottomLeft;
    private Vector<double> _bottomRight;

    /// <summary>The noise at one point, in lattice units.</summary>
    public double At(double x, double y) => At(new Vector<double>(x), new Vector<double>(y))[0];

    /// <summary>The noise at several points, in lattice units.</summary>
    public Vector<double> At(Vector<double> x, Vector<double> y)
    {
        Vector<double> floorX = Vector.Floor(x);
        Vector<double> floorY = Vector.Floor(y);
        if (floorX != _floorX || floorY != _floorY)
        {
            Enter(floorX, floorY);
        }

        Vector<double> across = Fade(x - floorX);
        Vector<double> top = _topLeft + ((_topRight - _topLeft) * across);
        Vector<double> bottom = _bottomLeft + ((_bottomRight - _bottomLeft) * across);
        return top + ((bottom - top) * Fade(y - floorY));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Fade(Vector<double> t)
        => t * t * t * ((t * ((t * 6) - new Vector<double>(15))) + new Vector<double>(10));

    private void Enter(Vector<double> floorX, Vector<double> floorY)
    {
        (_floorX, _floorY) = (floorX, floorY);
        Vector<ulong> cells = Lattice.Keys(floorX, floorY, seed);
        Vector<ulong> below = Lattice.Below(cells);
        _topLeft = Lattice.At(cells);
        _topRight = Lattice.At(Lattice.Right(cells));
        _bottomLeft = Lattice.At(below);
        _bottomRight = Lattice.At(Lattice.Right(below));
    }
}
