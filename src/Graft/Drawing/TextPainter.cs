using SkiaSharp;

namespace Graft.Drawing;

/// <summary>Draws text: each run of characters in a font that has them, else as boxes.</summary>
internal static class TextPainter
{
    // Shares of the text size: a box for a character without a glyph, and capital letters where there is no font.
    private const float BoxWidth = 0.72f;
    private const float BoxAdvance = 0.92f;
    private const float CapitalHeight = 0.72f;

    /// <summary>The width of a text in pixels.</summary>
    public static double Measure(string text, double size, bool bold = false, FontSet? fonts = null)
    {
        double width = 0;
        foreach (TextRun run in (fonts ?? Fonts.System).Split(text))
        {
            if (FontOf(run, fonts ?? Fonts.System, size, bold) is SKFont font)
            {
                using (font)
                {
                    width += font.MeasureText(run.Text);
                }
            }
            else
            {
                width += BoxesOf(run) * BoxAdvance * size;
            }
        }

        return width;
    }

    /// <summary>The baseline of a text whose capital letters are centred on <paramref name="middle"/>.</summary>
    public static double Baseline(double middle, double size, FontSet? fonts = null) => middle + (CapitalsOf(fonts ?? Fonts.System, size) / 2);

    /// <summary>Draws a text that starts at <paramref name="x"/> and whose capital letters are centred on <paramref name="middle"/>.</summary>
    public static void Draw(SKCanvas canvas, string text, double x, double middle, double size, SKColor colour, bool bold = false, FontSet? fonts = null)
    {
        FontSet all = fonts ?? Fonts.System;
        float at = (float)x;
        float baseline = (float)Baseline(middle, size, all);
        using SKPaint paint = new() { Color = colour, IsAntialias = true };
        foreach (TextRun run in all.Split(text))
        {
            if (FontOf(run, all, size, bold) is SKFont font)
            {
                using (font)
                {
                    canvas.DrawText(run.Text, at, baseline, SKTextAlign.Left, font, paint);
                    at += font.MeasureText(run.Text);
                }
            }
            else
            {
                at = DrawBoxes(canvas, run, at, baseline, (float)size, paint);
            }
        }
    }

    /// <summary>The text, or as much of it as fits a width, with an ellipsis for the rest.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">Its size.</param>
    /// <param name="width">The width in pixels.</param>
    /// <param name="keepEnd">Whether its end stays instead of its beginning, as for paths.</param>
    public static string Fit(string text, double size, double width, bool keepEnd = false)
    {
        string shown = text;
        for (int keep = text.Length - 1; keep > 0 && Measure(shown, size) > width; keep--)
        {
            bool splitsPair = keepEnd ? char.IsLowSurrogate(text[^keep]) : char.IsHighSurrogate(text[keep - 1]);
            shown = splitsPair ? shown : keepEnd ? $"…{text[^keep..]}" : $"{text[..keep].TrimEnd()}…";
        }

        return shown;
    }

    private static float DrawBoxes(SKCanvas canvas, TextRun run, float x, float baseline, float size, SKPaint paint)
    {
        using SKPaint line = paint.Clone();
        (line.Style, line.StrokeWidth) = (SKPaintStyle.Stroke, Math.Max(1, size / 14));
        float inset = size * (BoxAdvance - BoxWidth) / 2;
        for (int i = 0; i < BoxesOf(run); i++)
        {
            canvas.DrawRect(x + inset, baseline - (size * CapitalHeight), size * BoxWidth, size * CapitalHeight, line);
            x += size * BoxAdvance;
        }

        return x;
    }

    private static int BoxesOf(TextRun run) => run.Text.EnumerateRunes().Count();

    /// <summary>The run's font at a size, to be disposed by the caller; null when it has none.</summary>
    private static SKFont? FontOf(TextRun run, FontSet fonts, double size, bool bold)
    {
        if (run.Font is not FontFile regular)
        {
            return null;
        }

        FontFile? strong = bold ? fonts.BoldOf(regular) : null;
        strong = strong is not null && run.Text.EnumerateRunes().All(rune => strong.Has(rune.Value)) ? strong : null;
        return new SKFont(strong?.Typeface ?? regular.Typeface, (float)size)
        {
            // Widths must not depend on hinting: the same text has the same share of every image.
            Hinting = SKFontHinting.None,
            Edging = SKFontEdging.Antialias,
            Subpixel = true,
            LinearMetrics = true,
            Embolden = bold && strong is null,
        };
    }

    private static double CapitalsOf(FontSet fonts, double size)
    {
        if (fonts.Main?.Typeface is not SKTypeface typeface)
        {
            return size * CapitalHeight;
        }

        using SKFont font = new(typeface, (float)size);
        float height = font.Metrics.CapHeight;
        return height > 0 ? height : size * CapitalHeight;
    }
}
