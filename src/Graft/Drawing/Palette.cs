namespace Graft.Drawing;

/// <summary>One colour for each class, the same on images, charts and pages; readable on light and dark backgrounds and on photographs.</summary>
public static class Palette
{
    // Neighbours differ in hue and lightness, so that colour-blind readers can distinguish the first few classes.
    private static readonly Ink[] First =
    [
        new(0x2F, 0x7D, 0xE1), new(0xF0, 0x7A, 0x13), new(0x1F, 0xA1, 0x5D), new(0xE0, 0x3E, 0x52),
        new(0x9B, 0x59, 0xD0), new(0xC9, 0x9A, 0x06), new(0x12, 0xA5, 0xA8), new(0xE1, 0x4D, 0x9C),
        new(0x9A, 0x66, 0x3C), new(0x6C, 0x9A, 0x1E), new(0x5B, 0x6C, 0xE8), new(0x74, 0x85, 0x96),
    ];

    /// <summary>The colour of a class; the first twelve are chosen by hand, further ones turn around the hue circle.</summary>
    /// <param name="label">Index of the class; negative for things without a class.</param>
    public static Ink Of(int label) => label switch
    {
        < 0 => First[^1],
        _ when label < First.Length => First[label],
        _ => FromHue(label * 137.508 % 360),
    };

    private static Ink FromHue(double degrees)
    {
        const double Saturation = 0.62;
        const double Lightness = 0.50;
        return new Ink(Channel(0), Channel(8), Channel(4));

        byte Channel(int shift)
        {
            double k = (shift + (degrees / 30)) % 12;
            double swing = Saturation * Math.Min(Lightness, 1 - Lightness);
            double value = Lightness - (swing * Math.Max(-1, Math.Min(Math.Min(k - 3, 9 - k), 1)));
            return (byte)Math.Round(value * 255);
        }
    }
}
