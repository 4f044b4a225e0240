using System.Globalization;
using System.Net;
using System.Text;
using Graft.Imaging;

namespace Graft.Reports.Charts;

/// <summary>Writes charts as SVG whose greys are CSS classes, so that one page works in light and dark.</summary>
internal sealed class SvgPlotter : IPlotter
{
    private readonly StringBuilder _body = new();

    /// <summary>The finished element, as wide as its place on the page.</summary>
    public string Finish(double width, double height, string description) => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg class=\"chart\" viewBox=\"0 0 {width:0.#} {height:0.#}\" role=\"img\" aria-label=\"{Escape(description)}\">\n{_body}</svg>");

    public void Line(double x1, double y1, double x2, double y2, ChartInk ink)
        => Add($"<line x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\" class=\"{ClassOf(ink)}\"/>");

    public void Path(IReadOnlyList<(double X, double Y)> points, Ink ink, int width, bool dashed, bool faint)
    {
        StringBuilder list = new();
        foreach ((double x, double y) in points)
        {
            list.Append(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#} ");
        }

        string extra = (dashed ? " stroke-dasharray=\"7 5\"" : string.Empty) + (faint ? " opacity=\"0.45\"" : string.Empty);
        Add($"<polyline fill=\"none\" stroke=\"{ink.Hex}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"{extra} points=\"{list}\"/>");
    }

    public void Dot(double x, double y, double radius, Ink ink)
        => Add($"<circle cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"{radius:0.##}\" fill=\"{ink.Hex}\"/>");

    public void Ring(double x, double y, double radius, ChartInk ink)
        => Add($"<circle cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"{radius:0.##}\" fill=\"none\" stroke-width=\"2\" class=\"{ClassOf(ink)}\"/>");

    public void Fill(double x, double y, double width, double height, Ink ink)
        => Add($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" fill=\"{ink.Hex}\"/>");

    public void Fill(double x, double y, double width, double height, ChartInk ink)
        => Add($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" class=\"{ClassOf(ink)}\"/>");

    public void Text(string text, double x, double middle, double size, ChartInk ink, TextAnchor anchor, bool bold)
    {
        string hang = anchor switch { TextAnchor.Start => "start", TextAnchor.Middle => "middle", _ => "end" };
        string weight = bold ? " font-weight=\"600\"" : string.Empty;
        double baseline = middle + (size * 0.35);
        FormattableString look = $"font-size=\"{size:0.#}\" text-anchor=\"{hang}\"{weight} class=\"{ClassOf(ink)}\"";
        Add($"<text x=\"{x:0.##}\" y=\"{baseline:0.##}\" {FormattableString.Invariant(look)}>{Escape(text)}</text>");
    }

    /// <summary>A generous estimate: the font of the page is not known here.</summary>
    public double Measure(string text, double size, bool bold) => text.Length * size * (bold ? 0.64 : 0.6);

    private static string ClassOf(ChartInk ink) => ink switch
    {
        ChartInk.Text => "c-text",
        ChartInk.QuietText => "c-quiet",
        ChartInk.Axis => "c-axis",
        ChartInk.Grid => "c-grid",
        _ => "c-ground",
    };

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private void Add(FormattableString element) => _body.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
