using Graft.Imaging;

namespace Graft.Reports.Charts;

/// <summary>Lays out a chart: title, legend, axes with round ticks, series.</summary>
internal sealed class ChartPainter
{
    private const double TitleSize = 17;
    private const double TextSize = 13;
    private const double Row = 18;
    private const double Swatch = 18;
    private readonly IPlotter _plotter;
    private readonly Chart _chart;
    private readonly AxisScale _x;
    private readonly AxisScale _y;
    private readonly double _left;
    private readonly double _top;
    private readonly double _right;
    private readonly double _bottom;

    private ChartPainter(IPlotter plotter, Chart chart, double width, double height)
    {
        (_plotter, _chart) = (plotter, chart);
        bool wholeX = chart.Series.All(series => series.X.All(x => !double.IsFinite(x) || x == Math.Floor(x)));
        int ticks = Math.Clamp((int)(height / 55), 3, 6);
        _y = chart.YRange is ChartRange bounds
            ? AxisScale.Between(bounds, ticks)
            : AxisScale.Over(chart.Series.SelectMany(series => series.Y), ticks);
        _x = AxisScale.Between(chart.XRange ?? Extent(chart.Series.SelectMany(s => s.X)), Math.Clamp((int)(width / 80), 3, 10), wholeX);
        _left = 14 + _y.Ticks.Max(tick => plotter.Measure(_y.Format(tick), TextSize));
        _right = width - 18;
        _top = 44 + (LayLegend(draw: false, 0, width) * Row) + (chart.YLabel.Length > 0 ? Row + 2 : 0);
        _bottom = height - 44;
    }

    public static void Paint(IPlotter plotter, Chart chart, double width, double height)
    {
        ChartPainter painter = new(plotter, chart, width, height);
        plotter.Text(chart.Title, 10, 18, TitleSize, ChartInk.Text, bold: true);
        painter.LayLegend(draw: true, 44, width);
        painter.DrawAxes();
        foreach (ChartSeries series in chart.Series)
        {
            painter.DrawSeries(series);
        }

        painter.DrawMark();
    }

    private static ChartRange Extent(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0)
        {
            return new(0, 1);
        }

        return finite.Min() < finite.Max() ? new(finite.Min(), finite.Max()) : new(finite[0] - 1, finite[0] + 1);
    }

    private static int WidthOf(SeriesStyle style) => style switch { SeriesStyle.Faint => 1, SeriesStyle.Bold => 4, _ => 2 };

    private double AtX(double x) => _left + (_x.Position(x) * (_right - _left));

    private double AtY(double y)
    {
        double share = _chart.YDown ? 1 - _y.Position(y) : _y.Position(y);
        return _bottom - (share * (_bottom - _top));
    }

    /// <summary>Places the entries row by row; returns the number of rows.</summary>
    private int LayLegend(bool draw, double y, double width)
    {
        ChartSeries[] named = [.. _chart.Series.Where(series => series.Name.Length > 0)];
        if (named.Length == 0)
        {
            return 0;
        }

        int rows = 1;
        double x = 12;
        foreach (ChartSeries series in named)
        {
            double taken = Swatch + 6 + _plotter.Measure(series.Name, TextSize) + 16;
            if (x + taken > width - 8 && x > 12)
            {
                (x, y) = (12, y + Row);
                rows++;
            }

            if (draw)
            {
                DrawSwatch(series, x, y);
                _plotter.Text(series.Name, x + Swatch + 6, y, TextSize, ChartInk.QuietText);
            }

            x += taken;
        }

        return rows;
    }

    private void DrawSwatch(ChartSeries series, double x, double y)
    {
        Ink ink = Palette.Of(series.Colour);
        if (series.Style == SeriesStyle.Dots)
        {
            _plotter.Dot(x + (Swatch / 2), y, 4, ink);
        }
        else
        {
            DrawPath([(x, y), (x + Swatch, y)], series.Style, ink);
        }
    }

    private void DrawAxes()
    {
        foreach (double tick in _y.Ticks)
        {
            double y = AtY(tick);
            _plotter.Line(_left, y, _right, y, ChartInk.Grid);
            _plotter.Text(_y.Format(tick), _left - 6, y, TextSize, ChartInk.QuietText, TextAnchor.End);
        }

        foreach (double tick in _x.Ticks)
        {
            double x = AtX(tick);
            _plotter.Line(x, _bottom, x, _bottom + 4, ChartInk.Axis);
            _plotter.Text(_x.Format(tick), x, _bottom + 15, TextSize, ChartInk.QuietText, TextAnchor.Middle);
        }

        _plotter.Line(_left, _bottom, _right, _bottom, ChartInk.Axis);
        _plotter.Text(_chart.XLabel, (_left + _right) / 2, _bottom + 33, TextSize, ChartInk.QuietText, TextAnchor.Middle);
        if (_chart.YLabel.Length > 0)
        {
            _plotter.Text(_chart.YLabel, 10, _top - 16, TextSize, ChartInk.QuietText);
        }
    }

    private void DrawSeries(ChartSeries series)
    {
        Ink ink = Palette.Of(series.Colour);
        List<(double X, double Y)> points = [];
        for (int i = 0; i < series.X.Count; i++)
        {
            if (double.IsFinite(series.X[i]) && double.IsFinite(series.Y[i]))
            {
                points.Add((AtX(series.X[i]), Math.Clamp(AtY(series.Y[i]), _top - 2, _bottom + 1)));
            }
        }

        if (series.Style == SeriesStyle.Dots)
        {
            points.ForEach(point => _plotter.Dot(point.X, point.Y, 2.5, ink));
        }
        else if (points.Count == 1)
        {
            _plotter.Dot(points[0].X, points[0].Y, 3, ink);
        }
        else if (points.Count > 1)
        {
            DrawPath(points, series.Style, ink);
        }
    }

    private void DrawPath(IReadOnlyList<(double X, double Y)> points, SeriesStyle style, Ink ink)
        => _plotter.Path(points, ink, WidthOf(style), dashed: style == SeriesStyle.Dashed, faint: style == SeriesStyle.Faint);

    private void DrawMark()
    {
        if (_chart.Mark is not ChartMark mark || !double.IsFinite(mark.X) || !double.IsFinite(mark.Y))
        {
            return;
        }

        (double x, double y) = (AtX(mark.X), AtY(mark.Y));
        double width = _plotter.Measure(mark.Text, TextSize);
        bool toTheLeft = x + 10 + width > _right;
        double textX = toTheLeft ? x - 10 - width : x + 10;
        double textY = y + 24 > _bottom ? y - 14 : y + 16;
        _plotter.Fill(textX - 3, textY - 9, width + 6, 18, ChartInk.Ground);
        _plotter.Ring(x, y, 5, ChartInk.Text);
        _plotter.Text(mark.Text, textX, textY, TextSize, ChartInk.Text);
    }
}
