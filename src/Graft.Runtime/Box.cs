using System.Globalization;

namespace Graft.Runtime;

/// <summary>A rectangle by its corners, in pixels: x to the right, y down, (0, 0) the upper left corner of the image.</summary>
/// <param name="X1">Left edge.</param>
/// <param name="Y1">Upper edge.</param>
/// <param name="X2">Right edge.</param>
/// <param name="Y2">Lower edge.</param>
public readonly record struct Box(float X1, float Y1, float X2, float Y2)
{
    /// <summary>Width in pixels.</summary>
    public float Width => X2 - X1;

    /// <summary>Height in pixels.</summary>
    public float Height => Y2 - Y1;

    /// <summary>Area in square pixels; 0 when the corners are swapped.</summary>
    public float Area => Math.Max(0, Width) * Math.Max(0, Height);

    /// <summary>Intersection over union with another box, 0..1.</summary>
    public float IntersectionOverUnion(Box other)
    {
        float shared = Intersect(other).Area;
        return shared > 0 ? shared / (Area + other.Area - shared) : 0;
    }

    /// <summary>Reads like "(120, 44), 60 × 32 px".</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"({X1:0.#}, {Y1:0.#}), {Width:0.#} × {Height:0.#} px");

    internal Box Intersect(Box other)
        => new(Math.Max(X1, other.X1), Math.Max(Y1, other.Y1), Math.Min(X2, other.X2), Math.Min(Y2, other.Y2));

    internal Box Unite(Box other)
        => new(Math.Min(X1, other.X1), Math.Min(Y1, other.Y1), Math.Max(X2, other.X2), Math.Max(Y2, other.Y2));

    internal Box Move(float x, float y) => new(X1 + x, Y1 + y, X2 + x, Y2 + y);

    internal Box Clip(float width, float height) => new(
        Math.Clamp(X1, 0, width), Math.Clamp(Y1, 0, height), Math.Clamp(X2, 0, width), Math.Clamp(Y2, 0, height));
}
