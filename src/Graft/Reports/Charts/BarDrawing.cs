extern alias ScottPlotLibrary;

using System.Globalization;
using Graft.Drawing;
using ScottPlotLibrary::ScottPlot;
using ScottPlotLibrary::ScottPlot.TickGenerators;
using SkiaSharp;

namespace Graft.Reports.Charts;

/// <summary>Draws horizontal bars: names at the left, values at the ends.</summary>
internal static class BarDrawing
{
    private const double Top = 42;
    private const double Least = 30;
    private const double MaxRow = 34;
    private const double MaxNames = 0.45;

    /// <summary>Draws bars whose upper left corner is the canvas's origin.</summary>
    public static void Draw(ChartCanvas canvas, BarChart chart, double width, double height)
    {
        ChartFrame.Title(canvas, chart.Title, width);
        if (chart.Bars.Count == 0)
        {
            canvas.Text("nothing to show", ChartFrame.Left, Top + 12, ChartFrame.TextSize, ChartInk.QuietText);
            return;
        }

        double row = Math.Min(MaxRow, (height - Top - Least) / chart.Bars.Count);
        double size = Math.Clamp(row * 0.62, 6, ChartFrame.TextSize);
        string[] names = [.. chart.Bars.Select(bar => TextPainter.Fit(bar.Name, size, width * MaxNames))];
        double left = ChartFrame.Left + names.Max(name => TextPainter.Measure(name, size)) + 8;
        double right = chart.Bars.Max(bar => TextPainter.Measure(Format(bar.Value), size)) + 24;
        double bottom = height - Top - (row * chart.Bars.Count);
        using Plot plot = PlotOf(chart);
        PixelPadding room = new((float)left, (float)right, (float)bottom, (float)Top);
        PixelRect data = ChartFrame.Render(canvas, plot, new PixelSize(width, height), room);
        for (int i = 0; i < names.Length; i++)
        {
            Pixel end = plot.GetPixel(new Coordinates(chart.Bars[i].Value, i));
            double start = left - 8 - TextPainter.Measure(names[i], size);
            canvas.Text(names[i], start, end.Y, size, ChartInk.Text);
            canvas.Text(Format(chart.Bars[i].Value), end.X + 6, end.Y, size, ChartInk.QuietText);
        }

        canvas.Text(chart.Unit, left, data.Bottom + 14, ChartFrame.TextSize, ChartInk.QuietText);
    }

    private static Plot PlotOf(BarChart chart)
    {
        Plot plot = ChartFrame.Plot();
        plot.Axes.Left.FrameLineStyle.Width = 1;
        plot.Axes.Bottom.FrameLineStyle.Width = 0;
        plot.Axes.Left.TickGenerator = new NumericManual();
        plot.Axes.Bottom.TickGenerator = new NumericManual();
        plot.HideGrid();
        plot.Add.Bars(chart.Bars.Select((bar, i) => new Bar
        {
            Position = i,
            Value = bar.Value,
            Size = 0.72,
            Orientation = Orientation.Horizontal,
            FillColor = ChartFrame.Of(Drawing.Palette.Of(bar.Colour)),
            LineWidth = 0,
        }).ToArray());
        double most = Math.Max(1e-9, chart.Bars.Max(bar => bar.Value));
        plot.Axes.SetLimits(0, most, chart.Bars.Count - 0.5, -0.5);
        return plot;
    }

    private static string Format(double value) => value.ToString(value == Math.Floor(value) ? "0" : "0.###", CultureInfo.InvariantCulture);
}
