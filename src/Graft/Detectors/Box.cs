using System.Globalization;

namespace Graft.Detectors;

/// <summary>A rectangle by its corners, in pixels: x to the right, y down, (0, 0) the upper left corner of the image.</summary>
/// <param name="X1">Left edge.</param>
/// <param name="Y1">Upper edge.</param>
/// <param name="X2">Right edge.</param>
/// <param name="Y2">Lower edge.</param>
public readonly record struct Box(double X1, double Y1, double X2, double Y2)
{
    /// <summary>Width in pixels; negative when the corners are swapped.</summary>
    public double Width => X2 - X1;

    /// <summary>Height in pixels; negative when the corners are swapped.</summary>
    public double Height => Y2 - Y1;

    /// <summary>Area in square pixels; 0 when the corners are swapped.</summary>
    public double Area => Math.Max(0, Width) * Math.Max(0, Height);

    /// <summary>Makes a box from its upper left corner and its size, the way COCO writes boxes.</summary>
    public static Box FromSize(double x, double y, double width, double height) => new(x, y, x + width, y + height);

    /// <summary>The part of the box inside an image of this size; without area when there is none.</summary>
    public Box Clip(double width, double height) => new(
        Math.Clamp(X1, 0, width), Math.Clamp(Y1, 0, height), Math.Clamp(X2, 0, width), Math.Clamp(Y2, 0, height));

    /// <summary>The box scaled about the origin, then moved.</summary>
    public Box Map(double scaleX, double scaleY, double shiftX = 0, double shiftY = 0) => new(
        (X1 * scaleX) + shiftX, (Y1 * scaleY) + shiftY, (X2 * scaleX) + shiftX, (Y2 * scaleY) + shiftY);

    /// <summary>Area in square pixels that two boxes share; 0 when they do not meet.</summary>
    public double Intersection(Box other)
        => Math.Max(0, Math.Min(X2, other.X2) - Math.Max(X1, other.X1)) * Math.Max(0, Math.Min(Y2, other.Y2) - Math.Max(Y1, other.Y1));

    /// <summary>Intersection over union with another box, 0..1.</summary>
    public double IntersectionOverUnion(Box other)
        => Intersection(other) is > 0 and double shared ? shared / (Area + other.Area - shared) : 0;

    /// <summary>Reads like "(120, 44), 60 × 32 px".</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"({X1:0.#}, {Y1:0.#}), {Width:0.#} × {Height:0.#} px");
}
