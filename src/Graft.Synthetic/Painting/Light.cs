using System.Numerics;
using System.Runtime.CompilerServices;

namespace Graft.Synthetic;

/// <summary>Where the light comes from: one angle for the whole image, in radians.</summary>
internal readonly record struct Light(double Cosine, double Sine)
{
    public static Light From(double angle) => new(Math.Cos(angle), Math.Sin(angle));

    /// <summary>How far vectors point away from the light.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<double> Along(Vector<double> x, Vector<double> y) => (x * Cosine) + (y * Sine);

    /// <summary>How far vectors point across the light.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<double> Across(Vector<double> x, Vector<double> y) => (-x * Sine) + (y * Cosine);
}
