using System.Numerics;
using System.Runtime.CompilerServices;

namespace Graft.Synthetic;

/// <summary>One-dimensional profiles used for drawing, for several pixels at once.</summary>
internal static class Smooth
{
    /// <summary>Below this, exp is exactly 0.</summary>
    private const double Vanishing = -746;

    /// <summary>0 below <paramref name="low"/>, 1 above <paramref name="high"/>, a cubic in between.</summary>
    public static double Step(double low, double high, double x)
    {
        double t = Math.Clamp((x - low) / (high - low), 0, 1);
        return t * t * (3 - (2 * t));
    }

    /// <summary>The same for several pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Step(double low, double high, Vector<double> x)
    {
        Vector<double> t = Clamp((x - new Vector<double>(low)) / new Vector<double>(high - low), 0, 1);
        return t * t * (new Vector<double>(3) - (2 * t));
    }

    /// <summary>1 inside an edge at <paramref name="edge"/>, 0 outside, soft over twice the given half width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Inside(double edge, double halfWidth, Vector<double> x) => Rest(Step(edge - halfWidth, edge + halfWidth, x));

    /// <summary>1 - x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Rest(Vector<double> x) => Vector<double>.One - x;

    /// <summary>1 where a condition holds, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Flag(Vector<long> condition) => Vector.ConditionalSelect(condition, Vector<double>.One, Vector<double>.Zero);

    /// <summary>The values, at least <paramref name="low"/> and at most <paramref name="high"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Clamp(Vector<double> x, double low, double high)
        => Vector.Min(Vector.Max(x, new Vector<double>(low)), new Vector<double>(high));

    /// <summary>The bell curve exp(-x²).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Bell(Vector<double> x) => Exp(-(x * x));

    /// <summary>exp(x), lane by lane as <see cref="Math.Exp"/>.</summary>
    public static Vector<double> Exp(Vector<double> x)
    {
        if (Vector.LessThanAll(x, new Vector<double>(Vanishing)))
        {
            return Vector<double>.Zero;
        }

        Span<double> values = stackalloc double[Vector<double>.Count];
        x.CopyTo(values);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Math.Exp(values[i]);
        }

        return new Vector<double>(values);
    }

    /// <summary>x².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Square(Vector<double> x) => x * x;

    /// <summary>x².</summary>
    public static double Square(double x) => x * x;
}
