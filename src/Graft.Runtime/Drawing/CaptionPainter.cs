using SkiaSharp;

namespace Graft.Runtime.Drawing;

/// <summary>Writes a text on a filled ground above a box, or inside where the image ends.</summary>
internal static class CaptionPainter
{
    private const int Margin = 2, DarkBelow = 128;

    public static void Draw(SKCanvas canvas, int width, int height, string text, Detection detection, int line, SKTypeface? typeface)
    {
        int scale = Math.Max(1, line), margin = Margin * scale;
        using SKFont? font = typeface is null ? null : new SKFont(typeface, PixelFont.Height * scale * 1.4f);
        float textWidth = font?.MeasureText(text) ?? PixelFont.Measure(text, scale), textHeight = font?.Spacing ?? PixelFont.Height * scale;
        (float groundWidth, float groundHeight) = (textWidth + (2 * margin), textHeight + (2 * margin));
        Box box = detection.Box;
        float left = Math.Clamp(box.X1, 0, Math.Max(0, width - groundWidth));
        float top = box.Y1 >= groundHeight ? box.Y1 - groundHeight : Math.Clamp(box.Y1, 0, Math.Max(0, height - groundHeight));
        SKColor colour = Palette.Of(detection.Label);
        using SKPaint ground = new() { Color = colour };
        using SKPaint ink = new() { Color = Brightness(colour) < DarkBelow ? SKColors.White : SKColors.Black, IsAntialias = font is not null };
        canvas.DrawRect(left, top, groundWidth, groundHeight, ground);
        if (font is null)
        {
            PixelFont.Draw(canvas, text, left + margin, top + margin, scale, ink);
        }
        else
        {
            canvas.DrawText(text, left + margin, top + margin - font.Metrics.Ascent, SKTextAlign.Left, font, ink);
        }
    }

    private static float Brightness(SKColor colour) => (0.299f * colour.Red) + (0.587f * colour.Green) + (0.114f * colour.Blue);
}
