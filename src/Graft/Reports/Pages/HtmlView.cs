using System.Globalization;
using System.Net;
using System.Text;
using Graft.Reports.Charts;

namespace Graft.Reports.Pages;

/// <summary>Renders a page as one HTML file: no script, no external resources, charts as inline SVG.</summary>
public static class HtmlView
{
    private const double ChartWidth = 520;
    private const double ChartHeight = 340;

    /// <summary>The complete document; for a single file embed the images first, see <see cref="Page.WithEmbeddedImages"/>.</summary>
    public static string Of(Page page)
    {
        StringBuilder html = new();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        html.Append("<meta name=\"color-scheme\" content=\"light dark\"/>\n");
        html.Append(CultureInfo.InvariantCulture, $"<title>{Text(page.Title)}</title>\n<style>\n{HtmlStyle.Sheet}\n</style>\n</head>\n<body>\n<main>\n");
        html.Append(CultureInfo.InvariantCulture, $"<h1>{Text(page.Title)}</h1>\n");
        if (page.Subtitle.Length > 0)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"subtitle\">{Text(page.Subtitle)}</p>\n");
        }

        for (int i = 0; i < page.Blocks.Count; i++)
        {
            html.Append(Render(page.Blocks[i], FormattableString.Invariant($"block{i}"))).Append('\n');
        }

        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static string Render(PageBlock block, string id) => block switch
    {
        HeadingBlock heading => $"<h2>{Text(heading.Text)}</h2>",
        TextBlock text => $"<p{(text.IsWarning ? " class=\"warning\"" : string.Empty)}>{Text(text.Text)}</p>",
        CodeBlock code => $"<pre>{Text(code.Text)}</pre>",
        FiguresBlock figures => Wrap("figures", figures.Figures.Select(Render)),
        TableBlock table => Render(table),
        ChartsBlock charts => Render(charts, id),
        ImageBlock image => $"<figure><img src=\"{Text(Address(image.Source))}\" alt=\"{Text(image.Caption)}\"/>"
            + $"<figcaption>{Text(image.Caption)}</figcaption></figure>",
        _ => throw new ArgumentException($"{block.GetType().Name} has no HTML form.", nameof(block)),
    };

    private static string Render(KeyFigure figure)
    {
        string note = figure.Note.Length > 0 ? $"<small>{Text(figure.Note)}</small>" : string.Empty;
        return $"<div class=\"figure\"><small>{Text(figure.Name)}</small><b>{Text(figure.Value)}</b>{note}</div>";
    }

    private static string Render(TableBlock table)
    {
        string[] classes = [.. table.Columns.Select(column => column.IsNumeric ? "number" : column.IsShort ? "name" : "words")];
        StringBuilder html = new("<div class=\"wide\"><table>\n<thead><tr>");
        foreach ((TableColumn column, string kind) in table.Columns.Zip(classes))
        {
            html.Append(CultureInfo.InvariantCulture, $"<th class=\"{kind}\">{Text(column.Name)}</th>");
        }

        html.Append("</tr></thead>\n<tbody>\n");
        for (int i = 0; i < table.Rows.Count; i++)
        {
            html.Append(table.Emphasized.Contains(i) ? "<tr class=\"strong\">" : "<tr>");
            foreach ((string cell, string kind) in table.Rows[i].Zip(classes))
            {
                html.Append(CultureInfo.InvariantCulture, $"<td class=\"{kind}\">{Text(cell)}</td>");
            }

            html.Append("</tr>\n");
        }

        return html.Append("</tbody></table></div>").ToString();
    }

    private static string Render(ChartsBlock charts, string id)
    {
        IEnumerable<string> bars = charts.Bars.Select((bar, i) => ChartSvg.Of(
            bar, ChartWidth, Math.Clamp(80 + (bar.Bars.Count * 26), 160, 1200), FormattableString.Invariant($"{id}-bars{i}")));
        IEnumerable<string> curves = charts.Charts.Select((chart, i) => ChartSvg.Of(
            chart, ChartWidth, ChartHeight, FormattableString.Invariant($"{id}-chart{i}")));
        return Wrap("charts", bars.Concat(curves));
    }

    private static string Wrap(string kind, IEnumerable<string> parts) => $"<div class=\"{kind}\">\n{string.Join('\n', parts)}\n</div>";

    /// <summary>A path as a relative address; a <c>data:</c> address stays unchanged.</summary>
    private static string Address(string source) => source.StartsWith("data:", StringComparison.Ordinal)
        ? source
        : string.Join('/', source.Split('/', '\\').Select(Uri.EscapeDataString));

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
