using Graft.Reports.Charts;

namespace Graft.Tests.Reports;

[SideBySide]
public class ChartTests
{
    [Theory]
    [InlineData(0, 0.497, "0 0.1 0.2 0.3 0.4 0.5")]
    [InlineData(0.98, 1.66, "0.8 1.0 1.2 1.4 1.6 1.8")]
    [InlineData(-3, 7, "-4 -2 0 2 4 6 8")]
    [InlineData(5, 5, "0 2 4 6 8")]
    [InlineData(0, 0, "0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(1200, 98000, "0 20000 40000 60000 80000 100000")]
    [InlineData(0, 1.9e-4, "0 5e-5 1e-4 1.5e-4 2e-4")]
    public void Ticks_AreRoundAndCoverTheData(double low, double high, string expected)
    {
        AxisScale axis = AxisScale.Over([low, high, double.NaN]);
        Assert.Equal(expected, string.Join(' ', axis.Ticks.Select(axis.Format)));
        Assert.True(axis.Low <= low && axis.High >= high);
    }

    [Fact]
    public void WholeSteps_NeverSplitAnEpoch()
    {
        AxisScale axis = AxisScale.Between(new ChartRange(1, 3), wantedTicks: 8, wholeSteps: true);
        Assert.Equal(["1", "2", "3"], axis.Ticks.Select(axis.Format));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void Texts_StayInsideTheChart(int series)
    {
        Chart chart = new("A title", "epoch", "value", [.. Enumerable.Range(0, series).Select(i =>
            new ChartSeries($"series number {i}", [1, 2, 3], [0.1 * i, 12_345.6, 2]))])
        {
            Mark = new ChartMark(3, 2, "the last point, far at the right"),
        };
        RecordingPlotter plotter = new();
        ChartPainter.Paint(plotter, chart, 520, 360);
        Assert.All(plotter.Texts, text => Assert.True(text.Left >= 0 && text.Left + text.Width <= 520, text.Text));
        Assert.All(plotter.Texts, text => Assert.InRange(text.Middle, 6, 354));
        Assert.Equal(series, plotter.Texts.Count(text => text.Text.StartsWith("series", StringComparison.Ordinal)));
        Assert.All(plotter.Paths.SelectMany(path => path), point => Assert.True(point.X is >= 0 and <= 520 && point.Y is >= 0 and <= 360));
    }

    [Fact]
    public void MissingValues_AreBridgedAndASinglePointIsADot()
    {
        RecordingPlotter plotter = new();
        ChartPainter.Paint(plotter, new Chart("t", "x", "y",
        [
            new ChartSeries(string.Empty, [1, 2, 3], [1, double.NaN, 3]),
            new ChartSeries(string.Empty, [1, 2, 3], [double.NaN, 2, double.PositiveInfinity]),
            new ChartSeries(string.Empty, [], []),
        ]), 400, 300);
        Assert.Equal(2, Assert.Single(plotter.Paths).Count);
        Assert.Single(plotter.Dots);
    }

    [Fact]
    public void YDown_PutsSmallValuesAtTheTop()
    {
        double[] levels = [.. new[] { false, true }.Select(down =>
        {
            RecordingPlotter plotter = new();
            Chart chart = new("t", "x", "y", [new ChartSeries(string.Empty, [0, 1], [0, 1])]) { YDown = down };
            ChartPainter.Paint(plotter, chart, 400, 300);
            return plotter.Paths[0][0].Y;
        })];
        Assert.True(levels[0] > 200 && levels[1] < 100);
    }

    [Fact]
    public void EmptyCharts_AreDrawnWithoutData()
    {
        RecordingPlotter plotter = new();
        ChartPainter.Paint(plotter, new Chart("nothing yet", "epoch", string.Empty, []), 400, 300);
        BarPainter.Paint(plotter, new BarChart("no bars", "boxes", []), 400, 300);
        Assert.Contains(plotter.Texts, text => text.Text == "nothing yet");
        Assert.Contains(plotter.Texts, text => text.Text == "nothing to show");
    }
}
