using Graft.Drawing;

namespace Graft.Reports.Charts;

/// <summary>The greys of a chart: dark on white in an image; on a page each follows the style sheet, see <see cref="ChartSvg"/>.</summary>
internal static class ChartInk
{
    /// <summary>Titles.</summary>
    public static Ink Text { get; } = new(28, 32, 38);

    /// <summary>Names of axes and series, ticks.</summary>
    public static Ink QuietText { get; } = new(92, 100, 110);

    /// <summary>Axes.</summary>
    public static Ink Axis { get; } = new(140, 148, 158);

    /// <summary>Grid lines.</summary>
    public static Ink Grid { get; } = new(228, 231, 235);

    /// <summary>The background.</summary>
    public static Ink Ground { get; } = new(255, 255, 255);

    /// <summary>The variable of the style sheet for each grey.</summary>
    public static IReadOnlyDictionary<Ink, string> Variables { get; } = new Dictionary<Ink, string>
    {
        [Text] = "--text",
        [QuietText] = "--quiet",
        [Axis] = "--axis",
        [Grid] = "--grid",
        [Ground] = "--panel",
    };
}
