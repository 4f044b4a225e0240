using System.Globalization;
using Graft.Torch.Images;
using SkiaSharp;

namespace Graft.Drawing;

/// <summary>An sRGB colour, 8 bits per channel, for drawings on images and on pages alike.</summary>
public readonly record struct Ink(byte Red, byte Green, byte Blue)
{
    /// <summary>Pure white.</summary>
    public static Ink White { get; } = new(255, 255, 255);

    /// <summary>Near black.</summary>
    public static Ink Black { get; } = new(17, 17, 17);

    /// <summary>As <c>#rrggbb</c>.</summary>
    public string Hex => string.Create(CultureInfo.InvariantCulture, $"#{Red:x2}{Green:x2}{Blue:x2}");

    /// <summary>Black or white, whichever reads better on this colour (WCAG relative luminance).</summary>
    public Ink Contrast => Luminance > 0.3 ? Black : White;

    /// <summary>Relative luminance of WCAG 2, 0..1.</summary>
    public double Luminance => (0.2126 * Linear(Red)) + (0.7152 * Linear(Green)) + (0.0722 * Linear(Blue));

    /// <summary>The colour as a BGR image takes it.</summary>
    public Colour ToColour() => Colour.Rgb(Red, Green, Blue);

    /// <summary>The colour as SkiaSharp takes it, opaque.</summary>
    internal SKColor ToSkia() => new(Red, Green, Blue);

    /// <summary>This colour mixed with another; 0 is this one, 1 the other.</summary>
    public Ink Mix(Ink other, double share)
        => new(Blend(Red, other.Red, share), Blend(Green, other.Green, share), Blend(Blue, other.Blue, share));

    private static byte Blend(byte from, byte to, double share) => (byte)Math.Round(from + ((to - from) * Math.Clamp(share, 0, 1)));

    private static double Linear(byte level)
    {
        double value = level / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
