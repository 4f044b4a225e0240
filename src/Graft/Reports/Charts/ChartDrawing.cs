extern alias ScottPlotLibrary;

using Graft.Drawing;
using ScottPlotLibrary::ScottPlot;
using ScottPlotLibrary::ScottPlot.Plottables;
using SkiaSharp;

namespace Graft.Reports.Charts;

/// <summary>Draws a chart: ScottPlot draws the data and the axes; title, legend and mark are drawn around them.</summary>
internal static class ChartDrawing
{
    private const double LegendTop = 46;
    private const double Row = 18;
    private const int UsualRows = 2;
    private const double Swatch = 18;
    private const double Right = 18;
    private const double Bottom = 48;
    private const double TickGap = 7;

    // Keeps the full width of lines that end at a bound.
    private const double Margin = 0.015;

    /// <summary>Draws a chart whose upper left corner is the canvas's origin.</summary>
    public static void Draw(ChartCanvas canvas, Chart chart, double width, double height)
    {
        chart = chart.LogarithmicX ? Logarithms(chart) : chart;
        using Plot plot = PlotOf(chart, width, height);
        PixelRect data = ChartFrame.Render(canvas, plot, new PixelSize(width, height), RoomOf(plot, chart, width, height));
        DrawTicks(canvas, plot, data);
        ChartFrame.Title(canvas, chart.Title, width);
        LayLegend(canvas, chart, width);
        double label = TextPainter.Measure(chart.XLabel, ChartFrame.TextSize);
        canvas.Text(chart.XLabel, ((data.Left + data.Right) / 2) - (label / 2), height - 13, ChartFrame.TextSize, ChartInk.QuietText);
        if (chart.YLabel.Length > 0)
        {
            canvas.Text(chart.YLabel, ChartFrame.Left, data.Top - 15, ChartFrame.TextSize, ChartInk.QuietText);
        }

        if (chart.Mark is ChartMark mark && double.IsFinite(mark.X) && double.IsFinite(mark.Y))
        {
            DrawMark(canvas, plot.GetPixel(new Coordinates(mark.X, mark.Y)), mark.Text, chart.Title, width, data);
        }
    }

    /// <summary>What the rows of a long legend would take from the data.</summary>
    internal static double ExtraHeight(Chart chart, double width) => Math.Max(0, LayLegend(null, chart, width) - UsualRows) * Row;

    /// <summary>The data and axes of a chart as ScottPlot draws them; x of a logarithmic chart are logarithms already.</summary>
    internal static Plot PlotOf(Chart chart, double width, double height)
    {
        Plot plot = ChartFrame.Plot();
        bool wholeX = chart.Series.All(series => series.X.All(x => !double.IsFinite(x) || x == Math.Floor(x)));
        plot.Axes.Left.TickGenerator = new RoundTicks(Math.Clamp((int)(height / 38), 4, 8), whole: false);
        int ticks = Math.Clamp((int)(width / 80), 3, 10);
        plot.Axes.Bottom.TickGenerator = chart.LogarithmicX ? new FactorTicks(ticks) : new RoundTicks(ticks, wholeX);
        plot.Axes.Bottom.MajorTickStyle.Length = 4;
        plot.Grid.XAxisStyle.IsVisible = false;
        foreach (ChartSeries series in chart.Series)
        {
            Add(plot, series);
        }

        ChartRange x = Widened(chart.XRange ?? Extent(chart.Series.SelectMany(series => series.X)));
        ChartRange y = chart.YRange is ChartRange bounds ? Widened(bounds) : Amounts(chart.Series.SelectMany(series => series.Y));
        plot.Axes.SetLimits(x.Low, x.High, chart.YDown ? y.High : y.Low, chart.YDown ? y.Low : y.High);
        return plot;
    }

    /// <summary>The padding around the data: ticks at the left, title, legend and axis name above, ticks and axis name below.</summary>
    private static PixelPadding RoomOf(Plot plot, Chart chart, double width, double height)
    {
        double top = LegendTop + (LayLegend(null, chart, width) * Row) + (chart.YLabel.Length > 0 ? Row + 2 : 0);
        using Paint paint = Paint.NewDisposablePaint();
        plot.Axes.Left.RegenerateTicks(new PixelLength((float)(height - top - Bottom)), paint);
        double ticks = plot.Axes.Left.TickGenerator.Ticks.Select(tick => TextPainter.Measure(tick.Label, ChartFrame.TextSize)).DefaultIfEmpty(0).Max();
        return new PixelPadding((float)(ChartFrame.Left + ticks + TickGap), (float)Right, (float)Bottom, (float)top);
    }

    private static void DrawTicks(ChartCanvas canvas, Plot plot, PixelRect data)
    {
        foreach (Tick tick in plot.Axes.Left.TickGenerator.Ticks)
        {
            double x = data.Left - TickGap - TextPainter.Measure(tick.Label, ChartFrame.TextSize);
            double y = plot.Axes.Left.GetPixel(tick.Position, data);
            canvas.Text(tick.Label, x, y, ChartFrame.TextSize, ChartInk.QuietText);
        }

        foreach (Tick tick in plot.Axes.Bottom.TickGenerator.Ticks)
        {
            double x = plot.Axes.Bottom.GetPixel(tick.Position, data) - (TextPainter.Measure(tick.Label, ChartFrame.TextSize) / 2);
            canvas.Text(tick.Label, x, data.Bottom + 15, ChartFrame.TextSize, ChartInk.QuietText);
        }
    }

    private static void Add(Plot plot, ChartSeries series)
    {
        Coordinates[] points =
        [
            .. series.X.Zip(series.Y, (x, y) => new Coordinates(x, y)).Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y)),
        ];
        if (points.Length == 0)
        {
            return;
        }

        bool dots = series.Style == SeriesStyle.Dots || points.Length == 1;
        Scatter scatter = plot.Add.Scatter(points);
        scatter.Color = ChartFrame.Of(Drawing.Palette.Of(series.Colour)).WithAlpha(series.Style == SeriesStyle.Faint ? 0.45 : 1);
        scatter.LineWidth = dots ? 0 : WidthOf(series.Style);
        scatter.LinePattern = series.Style == SeriesStyle.Dashed ? LinePattern.Dashed : LinePattern.Solid;
        scatter.MarkerSize = dots ? (series.Style == SeriesStyle.Dots ? 5 : 7) : 0;
        scatter.LegendText = series.Name;
    }

    private static float WidthOf(SeriesStyle style) => style switch { SeriesStyle.Faint => 1, SeriesStyle.Bold => 4, _ => 2 };

    /// <summary>Lays out the legend's entries row by row and draws them on a canvas, if any; returns the number of rows.</summary>
    private static int LayLegend(ChartCanvas? canvas, Chart chart, double width)
    {
        int rows = 0;
        double x = width;
        foreach (ChartSeries series in chart.Series.Where(series => series.Name.Length > 0))
        {
            string name = TextPainter.Fit(series.Name, ChartFrame.TextSize, width - (2 * ChartFrame.Left) - Swatch - 6);
            double taken = Swatch + 6 + TextPainter.Measure(name, ChartFrame.TextSize) + 16;
            if (x + taken - 16 > width - ChartFrame.Left)
            {
                (x, rows) = (ChartFrame.Left, rows + 1);
            }

            if (canvas is not null)
            {
                double middle = LegendTop + ((rows - 1) * Row);
                DrawSwatch(canvas, series, (float)x, (float)middle);
                canvas.Text(name, x + Swatch + 6, middle, ChartFrame.TextSize, ChartInk.QuietText);
            }

            x += taken;
        }

        return rows;
    }

    private static void DrawSwatch(ChartCanvas canvas, ChartSeries series, float x, float y)
    {
        using SKPaint paint = new() { Color = Drawing.Palette.Of(series.Colour).ToSkia(), IsAntialias = true, StrokeWidth = WidthOf(series.Style) };
        if (series.Style == SeriesStyle.Dots)
        {
            canvas.Shapes.DrawCircle(x + (float)(Swatch / 2), y, 4, paint);
            return;
        }

        using SKPathEffect? dashes = series.Style == SeriesStyle.Dashed ? SKPathEffect.CreateDash([7, 4], 0) : null;
        paint.PathEffect = dashes;
        canvas.Shapes.DrawLine(x, y, x + (float)Swatch, y, paint);
    }

    /// <summary>A ring at the point; the text stands beside the title, where it covers no curve, or at the point where there is no room.</summary>
    private static void DrawMark(ChartCanvas canvas, Pixel at, string text, string title, double width, PixelRect data)
    {
        using SKPaint ring = new() { Color = ChartInk.Text.ToSkia(), IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 2 };
        canvas.Shapes.DrawCircle(at.X, at.Y, 5, ring);
        double length = TextPainter.Measure(text, ChartFrame.TextSize), left = width - Right - length;
        if (left - 20 > ChartFrame.Left + (1.1 * TextPainter.Measure(title, ChartFrame.TitleSize)))       // the title is bold
        {
            canvas.Text(text, left, ChartFrame.TitleMiddle, ChartFrame.TextSize, ChartInk.Text);
            return;
        }

        double x = at.X + 10 + length > data.Right ? at.X - 10 - length : at.X + 10;
        double middle = at.Y + 24 > data.Bottom ? at.Y - 14 : at.Y + 16;
        x = Math.Max(x, ChartFrame.Left);
        using SKPaint plate = new() { Color = ChartInk.Ground.ToSkia().WithAlpha(217), IsAntialias = true };
        canvas.Shapes.DrawRect((float)x - 3, (float)middle - 9, (float)length + 6, 18, plate);
        canvas.Text(text, x, middle, ChartFrame.TextSize, ChartInk.Text);
    }

    /// <summary>A logarithmic chart with the logarithms of its x, because ScottPlot's axes are linear.</summary>
    private static Chart Logarithms(Chart chart) => chart with
    {
        Series = [.. chart.Series.Select(series => series with { X = [.. series.X.Select(Math.Log10)] })],
        XRange = chart.XRange is { } range ? new ChartRange(Math.Log10(range.Low), Math.Log10(range.High)) : null,
        Mark = chart.Mark is { } mark ? mark with { X = Math.Log10(mark.X) } : null,
    };

    private static ChartRange Widened(ChartRange range)
    {
        double extent = Math.Max(range.High - range.Low, 1e-12);
        return new(range.Low - (Margin * extent), range.High + (Margin * extent));
    }

    private static ChartRange Extent(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        return finite.Length == 0 ? new(0, 1) : finite.Min() < finite.Max() ? new(finite.Min(), finite.Max()) : new(finite[0] - 1, finite[0] + 1);
    }

    /// <summary>Bounds of values; from zero, unless that would flatten the curve.</summary>
    private static ChartRange Amounts(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        (double low, double high) = finite.Length > 0 ? (finite.Min(), finite.Max()) : (0, 1);
        if (high - low <= 1e-12 * Math.Max(1e-9, Math.Abs(high)))
        {
            double room = high == 0 ? 1 : Math.Abs(high) * 0.5;
            (low, high) = (low < 0 ? low - room : Math.Max(0, low - room), high + room);
        }

        low = low > 0 && low < 0.5 * high ? 0 : low;
        double top = (high - low) * 0.06;
        return new(low == 0 && finite.All(value => value > 0) ? 0 : low - (top / 4), high + top);
    }
}
