using System.Globalization;
using System.Xml.Linq;
using Graft.Drawing;
using SkiaSharp;

namespace Graft.Reports.Charts;

/// <summary>A canvas for charts: shapes go to SkiaSharp; texts are drawn as pixels, or kept as SVG text for a page.</summary>
/// <param name="shapes">Receives the shapes.</param>
/// <param name="texts">Receives the texts as SVG elements; null when pixels are drawn.</param>
internal sealed class ChartCanvas(SKCanvas shapes, ICollection<XElement>? texts = null)
{
    /// <summary>Receives the shapes.</summary>
    public SKCanvas Shapes => shapes;

    /// <summary>Writes a text that starts at <paramref name="x"/> and whose capital letters are centred on <paramref name="middle"/>.</summary>
    public void Text(string text, double x, double middle, double size, Ink ink, bool bold = false)
    {
        if (texts is null)
        {
            TextPainter.Draw(shapes, text, x, middle, size, ink.ToSkia(), bold);
            return;
        }

        // The reader's fonts differ: the reserved width is kept. Skia's own SVG text is unsuitable, it guesses characters from glyphs.
        texts.Add(new XElement(
            "text",
            new XAttribute("x", Number(x)),
            new XAttribute("y", Number(TextPainter.Baseline(middle, size))),
            new XAttribute("font-size", Number(size)),
            bold ? new XAttribute("font-weight", 600) : null,
            new XAttribute("textLength", Number(TextPainter.Measure(text, size, bold))),
            new XAttribute("lengthAdjust", "spacingAndGlyphs"),
            new XAttribute("style", $"fill:var({ChartInk.Variables[ink]})"),
            FontSet.OneLine(text)));
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
