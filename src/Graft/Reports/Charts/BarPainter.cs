using System.Globalization;
using Graft.Imaging;

namespace Graft.Reports.Charts;

/// <summary>Lays out horizontal bars: names at the left, amounts at the ends.</summary>
internal static class BarPainter
{
    private const double TitleSize = 17;

    public static void Paint(IPlotter plotter, BarChart chart, double width, double height)
    {
        plotter.Text(chart.Title, 10, 18, TitleSize, ChartInk.Text, bold: true);
        if (chart.Bars.Count == 0)
        {
            plotter.Text("nothing to show", 10, 50, 13, ChartInk.QuietText);
            return;
        }

        const double Top = 40;
        double row = Math.Min(34, (height - Top - 30) / chart.Bars.Count);
        double textSize = Math.Clamp(row * 0.62, 6, 13);
        double names = Math.Min(width * 0.45, chart.Bars.Max(bar => plotter.Measure(bar.Name, textSize)));
        double amounts = chart.Bars.Max(bar => plotter.Measure(Format(bar.Value), textSize));
        double left = 10 + names + 8;
        double room = Math.Max(10, width - left - amounts - 24);
        double most = Math.Max(1e-9, chart.Bars.Max(bar => bar.Value));
        for (int i = 0; i < chart.Bars.Count; i++)
        {
            ChartBar bar = chart.Bars[i];
            double middle = Top + ((i + 0.5) * row);
            double length = Math.Max(1, room * bar.Value / most);
            plotter.Text(bar.Name, left - 8, middle, textSize, ChartInk.Text, TextAnchor.End);
            plotter.Fill(left, middle - (row * 0.36), length, row * 0.72, Palette.Of(bar.Colour));
            plotter.Text(Format(bar.Value), left + length + 6, middle, textSize, ChartInk.QuietText);
        }

        double bottom = Top + (chart.Bars.Count * row);
        plotter.Line(left, Top, left, bottom, ChartInk.Axis);
        plotter.Text(chart.Unit, left, bottom + 14, 13, ChartInk.QuietText);
    }

    private static string Format(double value) => value.ToString(value == Math.Floor(value) ? "0" : "0.###", CultureInfo.InvariantCulture);
}
