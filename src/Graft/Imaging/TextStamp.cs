using Graft.Torch.Images;

namespace Graft.Imaging;

/// <summary>Text of OpenCV's stroke font, drawn large and averaged down: small letters stay smooth, any weight is possible.</summary>
internal static class TextStamp
{
    private const int Oversampling = 4;

    // Capital letters of the built-in font are 21 pixels high at scale 1; a text size counts the line, as fonts elsewhere do.
    private const double PixelsPerScale = 30;
    private const double RegularWeight = 0.085;
    private const double BoldWeight = 0.135;

    public static double Measure(string text, double size, bool bold)
        => (double)Image.Measure(text, Scale(size), Thickness(size, bold)).Width / Oversampling;

    /// <summary>Blends a text that reads upwards from <paramref name="bottom"/>.</summary>
    public static void DrawUpright(Image target, string text, double middle, double bottom, double size, Ink ink)
    {
        int length = (int)Math.Ceiling(Measure(text, size, bold: false)) + 6;
        int breadth = (int)Math.Ceiling(size) + 6;
        using Image lying = new(length, breadth, Colour.Grey(0));
        Draw(lying, text, 2, breadth / 2.0, size, Ink.White, bold: false);
        int left = (int)Math.Round(middle - (breadth / 2.0));
        using Image standing = new(breadth, length, Colour.Grey(0), channels: 1);
        for (int y = 0; y < length; y++)
        {
            for (int x = 0; x < breadth; x++)
            {
                standing.Row(y)[x] = lying.Row(x)[3 * (length - 1 - y)];
            }
        }

        Blend(target, standing, left, (int)Math.Round(bottom) - length, ink);
    }

    /// <summary>Blends a text into a picture; its capital letters are centred on <paramref name="middle"/>.</summary>
    public static void Draw(Image target, string text, double x, double middle, double size, Ink ink, bool bold)
    {
        double scale = Scale(size);
        int thickness = Thickness(size, bold);
        Image.TextExtent extent = Image.Measure(text, scale, thickness);
        int left = (int)Math.Floor(x) - 1;
        double baseline = middle + (extent.Height / 2.0 / Oversampling);
        int top = (int)Math.Floor(baseline - ((double)extent.Height / Oversampling)) - 2;
        int width = (int)Math.Ceiling((double)extent.Width / Oversampling) + 4;
        int height = (int)Math.Ceiling((double)(extent.Height + extent.Baseline) / Oversampling) + 4;
        using Image large = new(width * Oversampling, height * Oversampling, Colour.Grey(0), channels: 1);
        large.Text(text, (x - left) * Oversampling, (baseline - top) * Oversampling, scale, Colour.Grey(255), thickness);
        using Image mask = large.Resize(width, height, Interpolation.Area);
        Blend(target, mask, left, top, ink);
    }

    private static double Scale(double size) => size / PixelsPerScale * Oversampling;

    private static int Thickness(double size, bool bold)
        => Math.Max(1, (int)Math.Round(Math.Max(1.05, size * (bold ? BoldWeight : RegularWeight)) * Oversampling));

    private static void Blend(Image target, Image mask, int left, int top, Ink ink)
    {
        int channels = target.Channels;
        ReadOnlySpan<byte> colour = channels == 1 ? [(byte)Math.Round(255 * Math.Sqrt(ink.Luminance))] : [ink.Blue, ink.Green, ink.Red];
        for (int y = Math.Max(0, -top); y < mask.Height && top + y < target.Height; y++)
        {
            Span<byte> cover = mask.Row(y);
            Span<byte> row = target.Row(top + y);
            for (int x = Math.Max(0, -left); x < mask.Width && left + x < target.Width; x++)
            {
                for (int c = 0; cover[x] > 0 && c < channels; c++)
                {
                    ref byte pixel = ref row[((left + x) * channels) + c];
                    pixel = (byte)(pixel + (((colour[c] - pixel) * cover[x]) / 255));
                }
            }
        }
    }
}
