using System.Numerics;
using System.Runtime.CompilerServices;

namespace Graft.Synthetic;

/// <summary>Positions of neighbouring pixels of a row.</summary>
internal static class Row
{
    /// <summary>No processor computes more numbers at once; rows of numbers are so many longer than their pixels.</summary>
    public const int MostLanes = 8;

    /// <summary>Positions from 0.</summary>
    private static readonly Vector<double> Steps = Vector.CreateSequence(0.0, 1.0);

    /// <summary>The positions of as many pixels as the processor computes at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> From(int left) => Steps + new Vector<double>(left);
}
