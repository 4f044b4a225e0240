using SkiaSharp;

namespace Graft.Runtime.Drawing;

/// <summary>One colour for each class: neighbours lie far apart on the hue circle.</summary>
internal static class Palette
{
    private const float GoldenAngle = 137.508f, FirstHue = 212, Saturation = 75, Value = 88;

    public static SKColor Of(int label) => SKColor.FromHsv((FirstHue + (label * GoldenAngle)) % 360, Saturation, Value);
}
