using System.Xml.Linq;
using Graft.Evaluation;
using Graft.Reports;
using Graft.Reports.Charts;
using Graft.Reports.Pages;
using Graft.Tests.Evaluation;
using Graft.Torch.Images;

namespace Graft.Tests.Reports;

[SideBySide]
public sealed class PageTests : IDisposable
{
    private const string Nasty = "<b>5 µm</b> & \"edge\" | *star* [x](y)";
    private readonly string _folder = Directory.CreateTempSubdirectory("graft-page").FullName;

    [Fact]
    public void Html_IsWellFormedAndLoadsNothingFromElsewhere()
    {
        string html = HtmlView.Of(RunPage.Of(Report()));
        XDocument document = XDocument.Parse(html);
        Assert.Contains(document.Descendants("h1"), heading => heading.Value == Nasty);
        Assert.Equal(3 + 1, document.Descendants("svg").Count());
        Assert.DoesNotContain(document.Descendants(), element => element.Name.LocalName is "script" or "link");
        Assert.DoesNotContain(document.Descendants("b"), element => element.Value == "5 µm");
        Assert.All(
            document.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "src" or "href"),
            attribute => Assert.DoesNotContain("//", attribute.Value, StringComparison.Ordinal));
        Assert.Contains("prefers-color-scheme: dark", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_OfTheSavedReportIsTheSame()
    {
        RunReport report = Report();
        RunPage.Save(_folder, report);
        RunReport loaded = ReportJson.Load<RunReport>(Path.Combine(_folder, "report.json"));
        Assert.Equal(HtmlView.Of(RunPage.Of(report)), HtmlView.Of(RunPage.Of(loaded)));
        Assert.Equal(MarkdownView.Of(RunPage.Of(report)), File.ReadAllText(Path.Combine(_folder, "report.md")));
    }

    [Fact]
    public void Save_EmbedsTheImages()
    {
        using (Image image = new(8, 8, Colour.Grey(10)))
        {
            Directory.CreateDirectory(Path.Combine(_folder, "a b"));
            File.WriteAllBytes(Path.Combine(_folder, "a b", "c#1.png"), image.Encode(".png"));
        }

        RunReport report = Report() with { Images = [new("a b/c#1.png", "found"), new("missing.png", "not there")] };
        RunPage.Save(_folder, report);
        string html = File.ReadAllText(Path.Combine(_folder, "report.html"));
        Assert.Contains("src=\"data:image/png;base64,iVBOR", html, StringComparison.Ordinal);
        Assert.Contains("src=\"missing.png\"", html, StringComparison.Ordinal);
        Assert.Contains("![found](a%20b/c%231.png)", File.ReadAllText(Path.Combine(_folder, "report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_EscapesNamesAndKeepsTablesWhole()
    {
        Page page = new("t", string.Empty,
        [
            new TableBlock([TableColumn.Text("name"), new("value")], [[Nasty, "1"], ["total", "2"]]) { Emphasized = [1] },
            new CodeBlock("a ``` b"),
        ]);
        string[] lines = MarkdownView.Of(page).Split('\n');
        Assert.Equal("| name | value |", lines[2]);
        Assert.Equal("|---|---:|", lines[3]);
        Assert.Equal("| \\<b\\>5 µm\\</b\\> & \"edge\" \\| \\*star\\* \\[x\\](y) | 1 |", lines[4]);
        Assert.Equal("| **total** | **2** |", lines[5]);
        Assert.Equal("````", lines[7]);
    }

    [Fact]
    public void UnmeasuredValues_AreADashOrOmitted()
    {
        RunReport report = new()
        {
            Name = "empty",
            Command = "graft train",
            Scores = Scores(-1),
            Comparisons = [new("new classes", "mAP50", double.NaN, 0.5)],
        };
        string text = MarkdownView.Of(RunPage.Of(report));
        Assert.Contains("mAP50: **–**", text, StringComparison.Ordinal);
        Assert.Contains("| new classes | mAP50 | – | 0.500 | – |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Curves", text, StringComparison.Ordinal);
        Assert.Contains("\"seconds\": null", ReportJson.Write(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NamesAFileThatIsNotAReport()
    {
        string path = Path.Combine(_folder, "report.json");
        File.WriteAllText(path, "[1, 2");
        GraftException error = Assert.Throws<GraftException>(() => ReportJson.Load<RunReport>(path));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("report.json", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static RunReport Report() => new()
    {
        Name = Nasty,
        Command = "graft train \"a & b.yaml\"",
        Started = new DateTimeOffset(2026, 1, 2, 3, 4, 0, TimeSpan.Zero),
        Seconds = 65,
        Model = "YOLO-World v2 N",
        TotalParameters = 1_000,
        TrainableParameters = 25,
        Data = new ReportData("boards", ["open", Nasty], 10, 20, 5, 9),
        Scores = Scores(0.25),
        Results =
        [
            new ResultsRow { Epoch = 1, TrainBoxLoss = 2, Map = 0.1, LearningRates = [1e-3] },
            new ResultsRow { Epoch = 2, TrainBoxLoss = 1, Map = 0.2 },
        ],
        Charts =
        [
            new Chart("Curve", "x", "y", [new ChartSeries(Nasty, [0, 1], [1, 0]) { Style = SeriesStyle.Bold }]) { XRange = new(0, 1) },
        ],
        Settings = new Dictionary<string, string> { ["train.epochs"] = "2" },
        Warnings = [Nasty],
    };

    private static CocoScores Scores(double value) => FlatScores.Of(value, new CocoClassScores(1, Nasty, value, value, value, value, 3));
}
