using Graft.Imaging;

namespace Graft.Reports.Charts;

/// <summary>Where a text hangs on its position.</summary>
internal enum TextAnchor
{
    Start,
    Middle,
    End,
}

/// <summary>Colours of a chart that depend on whether the page is light or dark.</summary>
internal enum ChartInk
{
    Text,
    QuietText,
    Axis,
    Grid,
    Ground,
}

/// <summary>What charts are drawn with: pixels of a picture, or SVG on a page. Positions are pixels, y down.</summary>
internal interface IPlotter
{
    void Line(double x1, double y1, double x2, double y2, ChartInk ink);

    void Path(IReadOnlyList<(double X, double Y)> points, Ink ink, int width, bool dashed, bool faint);

    void Dot(double x, double y, double radius, Ink ink);

    void Ring(double x, double y, double radius, ChartInk ink);

    void Fill(double x, double y, double width, double height, Ink ink);

    void Fill(double x, double y, double width, double height, ChartInk ink);

    /// <summary>Writes a text whose capital letters are centred on <paramref name="middle"/>.</summary>
    void Text(string text, double x, double middle, double size, ChartInk ink, TextAnchor anchor = TextAnchor.Start, bool bold = false);

    double Measure(string text, double size, bool bold = false);
}
