using System.Globalization;
using System.Text;
using Graft.Reports.Charts;

namespace Graft.Reports.Pages;

/// <summary>Renders a page as Markdown (GitHub's flavour).</summary>
public static class MarkdownView
{
    /// <summary>The complete text.</summary>
    public static string Of(Page page)
    {
        List<string> parts = [$"# {Text(page.Title)}"];
        if (page.Subtitle.Length > 0)
        {
            parts.Add(Text(page.Subtitle));
        }

        parts.AddRange(page.Blocks.Select(Render).Where(part => part.Length > 0));
        return string.Join("\n\n", parts) + "\n";
    }

    private static string Render(PageBlock block) => block switch
    {
        HeadingBlock heading => $"## {Text(heading.Text)}",
        TextBlock text => text.IsWarning ? $"> **Note:** {Text(text.Text)}" : Text(text.Text),
        CodeBlock code => $"{FenceFor(code.Text)}\n{code.Text.TrimEnd('\n')}\n{FenceFor(code.Text)}",
        FiguresBlock figures => string.Join('\n', figures.Figures.Select(Render)),
        TableBlock table => Render(table),
        ChartsBlock charts => Render(charts),
        ImageBlock image when image.Source.StartsWith("data:", StringComparison.Ordinal) => $"*{Text(image.Caption)}*",
        ImageBlock image => ImageLink(image.Source, image.Caption),
        _ => throw new ArgumentException($"{block.GetType().Name} has no Markdown form.", nameof(block)),
    };

    private static string Render(KeyFigure figure)
        => $"- {Text(figure.Name)}: **{Text(figure.Value)}**{(figure.Note.Length > 0 ? $" ({Text(figure.Note)})" : string.Empty)}";

    private static string Render(TableBlock table)
    {
        StringBuilder text = new();
        text.Append("| ").AppendJoin(" | ", table.Columns.Select(column => Cell(column.Name))).Append(" |\n");
        text.Append('|').AppendJoin('|', table.Columns.Select(column => column.IsNumeric ? "---:" : "---")).Append('|');
        for (int i = 0; i < table.Rows.Count; i++)
        {
            bool strong = table.Emphasized.Contains(i);
            IEnumerable<string> cells = table.Rows[i].Select(cell => strong && cell.Length > 0 ? $"**{Cell(cell)}**" : Cell(cell));
            text.Append("\n| ").AppendJoin(" | ", cells).Append(" |");
        }

        return text.ToString();
    }

    /// <summary>The image of the charts; without one, their titles, names and marks as text.</summary>
    private static string Render(ChartsBlock charts)
    {
        if (charts.Image is string path)
        {
            IEnumerable<string> titles = charts.Bars.Select(bar => bar.Title).Concat(charts.Charts.Select(chart => chart.Title));
            return ImageLink(path, string.Join(", ", titles));
        }

        IEnumerable<string> bars = charts.Bars.Select(chart
            => $"- {Text(chart.Title)}: {string.Join(", ", chart.Bars.Select(bar => $"{Text(bar.Name)} {Number(bar.Value)}"))}");
        IEnumerable<string> curves = charts.Charts.Select(chart
            => $"- {Text(chart.Title)}: {string.Join(", ", Summary(chart).Select(Text))}");
        return string.Join('\n', bars.Concat(curves));
    }

    /// <summary>The text of a chart: its legend and its mark.</summary>
    private static IEnumerable<string> Summary(Chart chart)
    {
        IEnumerable<string> names = chart.Series.Select(series => series.Name).Where(name => name.Length > 0);
        return chart.Mark is ChartMark mark ? names.Append(mark.Text) : names;
    }

    private static string ImageLink(string source, string caption)
        => $"![{Text(caption)}]({string.Join('/', source.Split('/', '\\').Select(Uri.EscapeDataString))})";

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Cell(string text) => Text(text).Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ');

    /// <summary>A fence longer than any inside the text.</summary>
    private static string FenceFor(string code)
    {
        string fence = "```";
        while (code.Contains(fence, StringComparison.Ordinal))
        {
            fence += "`";
        }

        return fence;
    }

    /// <summary>Escapes names of classes and files, so that they are not read as markup.</summary>
    private static string Text(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (char c in text)
        {
            escaped.Append(c is '*' or '_' or '`' or '[' or ']' or '<' or '>' or '\\' or '#' ? $"\\{c}" : c.ToString());
        }

        return escaped.ToString();
    }
}
