using System.Globalization;
using System.Xml.Linq;
using Graft.Drawing;
using Graft.Reports.Charts;

namespace Graft.Tests.Reports;

[SideBySide]
public class ChartTests
{
    [Theory]
    [InlineData("0 0.1 0.2 0.3", "0 0.1 0.2 0.30000000000000004")]
    [InlineData("0.8 1.0 1.2", "0.8 1 1.2")]
    [InlineData("-4 -2 0 2", "-4 -2 1e-16 2")]
    [InlineData("0 0.25 0.50", "0 0.25 0.5")]
    [InlineData("0 20000 40000", "0 20000 40000")]
    [InlineData("0 5e-5 1e-4 1.5e-4", "0 5e-5 1e-4 1.5e-4")]
    [InlineData("0 5e5 1e6", "0 5e5 1e6")]
    [InlineData("3", "3.0")]
    [InlineData("", "")]
    public void Ticks_HaveAsManyDigitsAsTheirStep(string expected, string places)
    {
        double[] all = [.. places.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(place => double.Parse(place, CultureInfo.InvariantCulture))];
        Assert.Equal(expected, string.Join(' ', RoundTicks.Label(all)));
    }

    [Theory]
    [InlineData(0, 0.497)]
    [InlineData(0.98, 1.66)]
    [InlineData(-3, 7)]
    [InlineData(5, 5)]
    [InlineData(0, 0)]
    [InlineData(1200, 98000)]
    [InlineData(0, 1.9e-4)]
    public void Ticks_AreRoundAndCoverTheData(double low, double high)
    {
        Chart chart = new("t", "x", string.Empty, [new ChartSeries(string.Empty, [1, 2, 3], [low, high, double.NaN])]);
        Drawn drawn = Draw(chart);
        double[] ticks = [.. drawn.YTicks.Select(text => double.Parse(text.Value, CultureInfo.InvariantCulture))];
        Assert.InRange(ticks.Length, 3, 12);
        double step = ticks[1] - ticks[0];
        double digit = step / Math.Pow(10, Math.Floor(Math.Log10(step) + 1e-9));
        Assert.Contains(Math.Round(digit, 6), new[] { 1, 2, 2.5, 5 });
        Assert.True(ticks[0] - step <= low && ticks[^1] + step >= high, string.Join(' ', ticks));
        Assert.All(drawn.Curves.SelectMany(curve => curve), point => Assert.InRange(point.Y, drawn.DataTop, drawn.DataBottom));
    }

    [Fact]
    public void WholeSteps_NeverSplitAnEpoch()
    {
        Drawn drawn = Draw(new Chart("t", "epoch", string.Empty, [new ChartSeries(string.Empty, [1, 2, 3], [1, 2, 3])]));
        Assert.Equal(["1", "2", "3"], drawn.XTicks.Select(text => text.Value));
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
        Drawn drawn = Draw(chart, 520, 360);
        Assert.True(series > 1 || drawn.Height == 360, $"{drawn.Height}");
        Assert.All(drawn.Texts, text => Assert.True(text.Left >= 0 && text.Left + text.Width <= 520, text.Value));
        Assert.All(drawn.Texts, text => Assert.InRange(text.Baseline, 10, drawn.Height - 3));
        Assert.Equal(series, drawn.Texts.Count(text => text.Value.StartsWith("series", StringComparison.Ordinal)));
        Assert.Single(drawn.Texts, text => text.Value == "A title");
        Assert.Single(drawn.Texts, text => text.Value == chart.Mark.Text);
        Assert.All(drawn.Curves.SelectMany(curve => curve), point => Assert.True(point.X is >= 0 and <= 520 && point.Y >= 0 && point.Y <= drawn.Height));
        Assert.Equal(series, drawn.Curves.Count);
        foreach (Text text in drawn.Texts)
        {
            Assert.All(drawn.Texts.Where(other => other != text), other => Assert.False(Overlap(text, other), $"{text.Value} / {other.Value}"));
        }
    }

    [Fact]
    public void Values_AreDrawnAtTheirTicks()
    {
        Drawn drawn = Draw(new Chart("t", "x", string.Empty, [new ChartSeries(string.Empty, [0, 1], [0, 1])])
        {
            XRange = new(0, 1),
            YRange = new(0, 1),
        });
        double[] expected = [.. new[] { "0", "1.0" }.Select(value => drawn.YTicks.Single(text => text.Value == value).Baseline)];
        IReadOnlyList<(double X, double Y)> curve = Assert.Single(drawn.Curves);
        Assert.Equal(expected[1] - expected[0], curve[1].Y - curve[0].Y, 0.1);
        Assert.InRange(expected[0] - curve[0].Y, 3, 7);
        Assert.All(
            drawn.XTicks.Where(text => text.Value is "0" or "1.0").Zip(curve),
            pair => Assert.Equal(pair.First.Left + (pair.First.Width / 2), pair.Second.X, 0.1));
    }

    [Fact]
    public void LogarithmicX_PutsEqualFactorsAtEqualDistances()
    {
        Drawn drawn = Draw(new Chart("t", "x", string.Empty, [new ChartSeries(string.Empty, [50, 500, 5000], [0, 1, 2])]) { LogarithmicX = true });
        Assert.Equal(["100", "1000"], drawn.XTicks.Select(text => text.Value));
        IReadOnlyList<(double X, double Y)> curve = Assert.Single(drawn.Curves);
        Assert.Equal(curve[1].X - curve[0].X, curve[2].X - curve[1].X, 0.1);
        double[] middles = [.. drawn.XTicks.Select(text => text.Left + (text.Width / 2))];
        Assert.Equal(curve[1].X - curve[0].X, middles[1] - middles[0], 0.1);
        Assert.Equal(["10", "20", "50", "100", "200"], Ticks(9, 250));

        static string[] Ticks(double low, double high) => [.. Draw(
            new Chart("t", "x", string.Empty, [new ChartSeries(string.Empty, [low, high], [0, 1])]) { LogarithmicX = true }).XTicks.Select(text => text.Value)];
    }

    [Fact]
    public void ALongLegend_TakesNothingFromTheData()
    {
        double few = DataHeight(4), many = DataHeight(17);
        Assert.Equal(few, many, 0.5);

        static double DataHeight(int series)
        {
            Drawn drawn = Draw(new Chart("t", "x", string.Empty, [.. Enumerable.Range(0, series).Select(i => new ChartSeries($"series number {i}", [1, 2], [1, 2]))]));
            return drawn.DataBottom - drawn.DataTop;
        }
    }

    [Fact]
    public void MissingValues_AreBridgedAndASinglePointIsADot()
    {
        Drawn drawn = Draw(new Chart("t", "x", "y",
        [
            new ChartSeries(string.Empty, [1, 2, 3], [1, double.NaN, 3]),
            new ChartSeries(string.Empty, [1, 2, 3], [double.NaN, 2, double.PositiveInfinity]),
            new ChartSeries(string.Empty, [], []),
        ]));
        Assert.Equal(2, Assert.Single(drawn.Curves).Count);
        Assert.Equal(1, drawn.Dots);
    }

    [Fact]
    public void YDown_PutsSmallValuesAtTheTop()
    {
        double[] levels = [.. new[] { false, true }.Select(down =>
            Draw(new Chart("t", "x", "y", [new ChartSeries(string.Empty, [0, 1], [0, 1])]) { YDown = down }).Curves[0][0].Y)];
        Assert.True(levels[0] > 200 && levels[1] < 120);
    }

    [Fact]
    public void Mark_IsARingAtItsPoint()
    {
        ChartSeries series = new(string.Empty, [1, 2, 3], [0.1, 0.3, 0.2]);
        Drawn drawn = Draw(new Chart("t", "epoch", string.Empty, [series]) { Mark = new ChartMark(2, 0.3, "best") });
        XElement ring = Assert.Single(drawn.Elements("ellipse").Concat(drawn.Elements("circle")));
        Assert.Equal(drawn.Curves[0][1].X, Number(ring, "cx"), 0.1);
        Assert.Equal(drawn.Curves[0][1].Y, Number(ring, "cy"), 0.1);
        Assert.Contains("stroke:var(--text)", (string?)ring.Attribute("style"), StringComparison.Ordinal);

        // Its text stands beside the title, where it hides no curve.
        Text best = drawn.Texts.Single(text => text.Value == "best"), title = drawn.Texts.Single(text => text.Value == "t");
        Assert.True(best.Baseline < drawn.Curves[0].Min(point => point.Y) && best.Left > title.Left + title.Width);
    }

    [Fact]
    public void EmptyCharts_AreDrawnWithoutData()
    {
        Assert.Contains(Draw(new Chart("nothing yet", "epoch", string.Empty, [])).Texts, text => text.Value == "nothing yet");
        Assert.Contains(Draw(new BarChart("no bars", "boxes", [])).Texts, text => text.Value == "nothing to show");
    }

    [Fact]
    public void Bars_AreAsLongAsTheirValuesAndShowThem()
    {
        Drawn drawn = Draw(new BarChart("Boxes per class", "boxes", [new("Öltropfen", 40, 0), new("dent", 10, 1), new("hole", 0, 2)]));
        double[] widths = [.. drawn.Elements("rect").Where(rect => rect.Attribute("fill") is not null).Select(rect => Number(rect, "width"))];
        Assert.Equal(4, widths[0] / widths[1], 0.05);
        Assert.All(new[] { "Öltropfen", "40", "dent", "10", "hole", "0", "boxes" }, value => Assert.Single(drawn.Texts, text => text.Value == value));
        Text long1 = Assert.Single(Draw(new BarChart("t", "u", [new(new string('m', 200), 1, 0)])).Texts, text => text.Value.StartsWith('m'));
        Assert.EndsWith("…", long1.Value, StringComparison.Ordinal);
        Assert.True(long1.Left >= 0);
    }

    [Fact]
    public void Texts_AreThoseThatWereGiven()
    {
        // Glyphs do not identify characters: in many fonts one glyph serves several characters.
        string[] names = ["흠집 3 µm Ω", "Öl\u0001tropfen\uFFFE", "<划痕> & \"x\""];
        Drawn drawn = Draw(new Chart("Ångström\u0007", "x", "y", [.. names.Select(name => new ChartSeries(name, [0, 1], [0, 1]))]), 900);
        Assert.All(
            new[] { "Ångström ", "흠집 3 µm Ω", "Öl tropfen\uFFFD", "<划痕> & \"x\"" },
            value => Assert.Single(drawn.Texts, text => text.Value == value));
    }

    [Fact]
    public void Greys_FollowThePageAndEveryDrawingIsTheSame()
    {
        Chart chart = new("t", "x", "y", [new ChartSeries("划痕", [0, 1], [0, 1]) { Style = SeriesStyle.Faint }]) { Mark = new ChartMark(1, 1, "m") };
        string svg = ChartSvg.Of(chart, 400, 300, "a");
        Assert.DoesNotContain("font-family", svg, StringComparison.Ordinal);
        foreach (Ink ink in ChartInk.Variables.Keys)
        {
            Assert.DoesNotContain(ink.Hex, svg, StringComparison.OrdinalIgnoreCase);
        }

        Assert.DoesNotContain("white", svg, StringComparison.Ordinal);
        Assert.Equal(svg, ChartSvg.Of(chart, 400, 300, "a"));
        XElement other = XElement.Parse(ChartSvg.Of(chart, 400, 300, "b"));
        Assert.Empty(other.Descendants().Attributes("id").Select(id => id.Value).Intersect(
            XElement.Parse(svg).Descendants().Attributes("id").Select(id => id.Value)));
        Assert.All(other.Descendants().Attributes("clip-path"), path => Assert.Contains(
            path.Value[5..^1], other.Descendants().Attributes("id").Select(id => id.Value)));
    }

    [Fact]
    public void Charts_AreTheSameInEveryCulture()
    {
        Chart chart = new("t", "x", "y", [new ChartSeries("a", [0, 1], [0.25, 12345.5])]);
        CultureInfo before = CultureInfo.CurrentCulture;
        string expected = ChartSvg.Of(chart, 400, 300, "a");
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(string.Empty) { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            Assert.Equal(expected, ChartSvg.Of(chart, 400, 300, "a"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static bool Overlap(Text a, Text b) => a.Left < b.Left + b.Width && b.Left < a.Left + a.Width && Math.Abs(a.Baseline - b.Baseline) < 10;

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static Drawn Draw(Chart chart, double width = 400, double height = 300) => new(XElement.Parse(ChartSvg.Of(chart, width, height, "id")));

    private static Drawn Draw(BarChart chart) => new(XElement.Parse(ChartSvg.Of(chart, 400, 300, "id")));

    private sealed record Text(string Value, double Left, double Baseline, double Width);

    /// <summary>The content of an SVG.</summary>
    private sealed class Drawn(XElement svg)
    {
        public double Height { get; } = double.Parse(svg.Attribute("viewBox")!.Value.Split(' ')[3], CultureInfo.InvariantCulture);

        public IReadOnlyList<Text> Texts { get; } =
        [
            .. svg.Descendants("text").Select(text => new Text(text.Value, Number(text, "x"), Number(text, "y"), Number(text, "textLength"))),
        ];

        /// <summary>Points of the curves: coloured paths inside the data area.</summary>
        public IReadOnlyList<IReadOnlyList<(double X, double Y)>> Curves { get; } =
        [
            .. svg.Descendants("g").Elements("path").Where(path => path.Attribute("stroke") is not null).Select(Points),
        ];

        public int Dots => Elements("ellipse").Concat(Elements("circle")).Count(dot => (string?)dot.Attribute("fill") is not (null or "none"));

        /// <summary>Texts below the data area, without the axis name.</summary>
        public IEnumerable<Text> XTicks => Texts.Where(text => Math.Abs(text.Baseline - (Height - 28)) < 6);

        /// <summary>Texts to the left of the data area, from bottom to top.</summary>
        public IEnumerable<Text> YTicks => Texts.Where(text => text.Left + text.Width < Clip.X && text.Baseline > Clip.Y && text.Baseline < Height - 38)
            .OrderByDescending(text => text.Baseline);

        public double DataTop => Clip.Y;

        public double DataBottom => Clip.Y + Clip.Height;

        private (double X, double Y, double Height) Clip
        {
            get
            {
                XElement rect = svg.Descendants("clipPath").First().Element("rect")!;
                return (Number(rect, "x"), Number(rect, "y"), Number(rect, "height"));
            }
        }

        public IEnumerable<XElement> Elements(string name) => svg.Descendants(name).Where(element => element.Parent!.Name != "clipPath");

        private static IReadOnlyList<(double X, double Y)> Points(XElement path) =>
        [
            .. path.Attribute("d")!.Value.Split(['M', 'L'], StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
                .Select(pair => (double.Parse(pair[0], CultureInfo.InvariantCulture), double.Parse(pair[1], CultureInfo.InvariantCulture))),
        ];
    }
}
