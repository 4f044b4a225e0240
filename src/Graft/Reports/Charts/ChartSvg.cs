using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Graft.Drawing;
using SkiaSharp;

namespace Graft.Reports.Charts;

/// <summary>Renders charts as SVG elements for a page: greys follow its style sheet, so that one page works in light and dark
/// mode.</summary>
internal static partial class ChartSvg
{
    /// <summary>A chart as an element that fills the available width.</summary>
    /// <param name="chart">The chart.</param>
    /// <param name="width">Width of its coordinates.</param>
    /// <param name="height">Height of its coordinates; a long legend adds to it.</param>
    /// <param name="id">Prefix that makes its identifiers unique on the page.</param>
    public static string Of(Chart chart, double width, double height, string id)
    {
        double whole = height + ChartDrawing.ExtraHeight(chart, width);
        return Element(chart.Title, width, whole, id, canvas => ChartDrawing.Draw(canvas, chart, width, whole));
    }

    /// <summary>Bars as an element.</summary>
    /// <inheritdoc cref="Of(Chart, double, double, string)"/>
    public static string Of(BarChart chart, double width, double height, string id)
        => Element(chart.Title, width, height, id, canvas => BarDrawing.Draw(canvas, chart, width, height));

    private static string Element(string title, double width, double height, string id, Action<ChartCanvas> draw)
    {
        List<XElement> texts = [];
        using MemoryStream stream = new();
        using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, (float)width, (float)height), stream))
        {
            draw(new ChartCanvas(canvas, texts));
        }

        stream.Position = 0;
        XElement drawn = XDocument.Load(stream).Root!;

        // Skia numbers identifiers across all drawings of the process; a page needs reproducible ones that are unique per chart.
        Dictionary<string, string> names = drawn.Descendants().Attributes("id").Select((attribute, i) => (attribute.Value, i))
            .ToDictionary(pair => pair.Value, pair => string.Create(CultureInfo.InvariantCulture, $"{id}-{pair.i}"));
        XElement svg = new(
            "svg",
            new XAttribute("class", "chart"),
            new XAttribute("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width:0.#} {height:0.#}")),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", FontSet.OneLine(title)),
            drawn.Elements().Select(element => Adapted(element, names)),
            texts);
        return svg.ToString();
    }

    /// <summary>An SVG element of Skia without namespaces, with the page's greys and identifiers.</summary>
    private static XElement Adapted(XElement element, IReadOnlyDictionary<string, string> names)
    {
        XElement result = new(element.Name.LocalName);
        List<string> style = [];
        foreach (XAttribute attribute in element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration))
        {
            string name = attribute.Name.LocalName;
            if (name is "fill" or "stroke" && VariableOf(attribute.Value) is string variable)
            {
                style.Add($"{name}:var({variable})");
            }
            else if (name != "style")
            {
                result.SetAttributeValue(name, Renamed(attribute.Value, names) ?? Rounded(attribute.Value));
            }
        }

        if (style.Count > 0)
        {
            result.SetAttributeValue("style", string.Join(';', style));
        }

        result.Add(element.Elements().Select(inner => Adapted(inner, names)));
        return result;
    }

    /// <summary>An identifier or a reference to one, renamed; null for another value.</summary>
    private static string? Renamed(string value, IReadOnlyDictionary<string, string> names)
    {
        string? reference = value.StartsWith("url(#", StringComparison.Ordinal) && value.EndsWith(')') ? value[5..^1] : null;
        return names.TryGetValue(reference ?? value, out string? name) ? reference is null ? name : $"url(#{name})" : null;
    }

    private static string? VariableOf(string colour)
    {
        string hex = colour.ToLowerInvariant() switch { "white" => "#ffffff", "black" => "#000000", string other => other };
        return ChartInk.Variables.Where(pair => pair.Key.Hex == hex).Select(pair => pair.Value).FirstOrDefault();
    }

    private static string Rounded(string value) => Decimals().Replace(
        value, match => double.Parse(match.Value, CultureInfo.InvariantCulture).ToString("0.##", CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\d+\.\d{3,}")]
    private static partial Regex Decimals();
}
