using System.Numerics;
using System.Runtime.CompilerServices;

namespace Graft.Synthetic;

/// <summary>The colours of neighbouring pixels of a row, as many as the processor computes at once.</summary>
internal readonly record struct RgbLanes(Vector<double> Red, Vector<double> Green, Vector<double> Blue)
{
    /// <summary>One colour for all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator RgbLanes(Rgb colour) => new(new(colour.Red), new(colour.Green), new(colour.Blue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RgbLanes operator +(RgbLanes a, RgbLanes b) => new(a.Red + b.Red, a.Green + b.Green, a.Blue + b.Blue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RgbLanes operator +(RgbLanes a, Vector<double> b) => new(a.Red + b, a.Green + b, a.Blue + b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RgbLanes operator -(RgbLanes a, Vector<double> b) => new(a.Red - b, a.Green - b, a.Blue - b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RgbLanes operator *(RgbLanes a, Vector<double> b) => new(a.Red * b, a.Green * b, a.Blue * b);

    /// <summary>One or the other colour, pixel by pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RgbLanes Select(Vector<long> condition, RgbLanes met, RgbLanes otherwise) => new(
        Vector.ConditionalSelect(condition, met.Red, otherwise.Red),
        Vector.ConditionalSelect(condition, met.Green, otherwise.Green),
        Vector.ConditionalSelect(condition, met.Blue, otherwise.Blue));

    /// <summary>These colours covered by others with the given opacity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RgbLanes Under(RgbLanes cover, Vector<double> opacity) => (this * Smooth.Rest(opacity)) + (cover * opacity);

    /// <summary>These colours multiplied by a tint of the given strength: 0 leaves them unchanged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RgbLanes Tinted(Rgb tint, Vector<double> strength) => new(
        Red * (Vector<double>.One + (strength * (tint.Red - 1))),
        Green * (Vector<double>.One + (strength * (tint.Green - 1))),
        Blue * (Vector<double>.One + (strength * (tint.Blue - 1))));
}
