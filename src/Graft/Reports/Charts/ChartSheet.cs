using Graft.Drawing;
using Graft.Torch.Images;
using SkiaSharp;

namespace Graft.Reports.Charts;

/// <summary>Draws charts into one image.</summary>
public static class ChartSheet
{
    private const int Gap = 12;

    /// <summary>One chart.</summary>
    public static Image Draw(Chart chart, int width = 900, int height = 620) => Draw([chart], 1, width, height);

    /// <summary>Charts in a grid, row by row.</summary>
    /// <param name="charts">The charts.</param>
    /// <param name="columns">Charts per row.</param>
    /// <param name="width">Width of one chart in pixels.</param>
    /// <param name="height">Height of one chart in pixels.</param>
    public static Image Draw(IReadOnlyList<Chart> charts, int columns, int width = 520, int height = 360)
        => DrawParts([.. charts.Select<Chart, Action<SKCanvas>>(chart => canvas => ChartDrawing.Draw(new ChartCanvas(canvas), chart, width, height))],
            columns, width, height);

    /// <summary>Bars and charts in one grid, the bars first.</summary>
    internal static Image DrawMixed(BarChart bars, IReadOnlyList<Chart> charts, int columns, int width, int height)
    {
        List<Action<SKCanvas>> parts = [canvas => BarDrawing.Draw(new ChartCanvas(canvas), bars, width, height)];
        parts.AddRange(charts.Select<Chart, Action<SKCanvas>>(chart => canvas => ChartDrawing.Draw(new ChartCanvas(canvas), chart, width, height)));
        return DrawParts(parts, columns, width, height);
    }

    private static Image DrawParts(List<Action<SKCanvas>> parts, int columns, int width, int height)
    {
        int rows = Math.Max(1, (parts.Count + columns - 1) / columns);
        Image sheet = new((columns * (width + Gap)) + Gap, (rows * (height + Gap)) + Gap, ChartInk.Ground.ToColour());
        for (int i = 0; i < parts.Count; i++)
        {
            SKRectI region = SKRectI.Create(Gap + (i % columns * (width + Gap)), Gap + (i / columns * (height + Gap)), width, height);
            Surface.Replace(sheet, region, ChartInk.Ground, parts[i]);
        }

        return sheet;
    }
}
