using System.Globalization;
using Graft.Evaluation;
using Graft.Reports.Pages;

namespace Graft.Reports;

/// <summary>The report page of a run: key figures, curves, classes, then how it was made.</summary>
public static class RunPage
{

    /// <summary>The page of a report.</summary>
    public static Page Of(RunReport report)
    {
        List<PageBlock> blocks = [.. report.Warnings.Select(text => new TextBlock(text) { IsWarning = true })];
        blocks.Add(new FiguresBlock(Figures(report)));
        AddComparisons(blocks, report.Comparisons);
        if (report.Scores is { Map: >= 0 } scores)
        {
            blocks.Add(new HeadingBlock("Classes, best epoch"));
            blocks.Add(Classes(scores));
        }

        if (report.Results.Count > 0 || report.Charts.Count > 0)
        {
            blocks.Add(new HeadingBlock("Curves"));
            blocks.Add(new ChartsBlock(TrainingCurves.Of(report.Results)) { Image = "results.png" });
            blocks.Add(new ChartsBlock(report.Charts));
        }

        if (report.Images.Count > 0)
        {
            blocks.Add(new HeadingBlock("Images"));
            blocks.AddRange(report.Images.Select(image => new ImageBlock(image.File, image.Caption)));
        }

        blocks.Add(new HeadingBlock("How it was made"));
        blocks.Add(new CodeBlock(report.Command));
        blocks.Add(Facts(report));
        return new Page(report.Name, Subtitle(report), [.. blocks.Where(IsNotEmpty)]);
    }

    /// <summary>Writes <c>report.json</c>, <c>report.html</c> (images inside) and <c>report.md</c> into a run folder.</summary>
    public static void Save(string folder, RunReport report)
    {
        Page page = Of(report);
        ReportJson.Save(Path.Combine(folder, "report.json"), report);
        page.Save(Path.Combine(folder, "report.html"));
    }

    private static bool IsNotEmpty(PageBlock block) => block switch
    {
        ChartsBlock charts => charts.Charts.Count + charts.Bars.Count > 0,
        TableBlock table => table.Rows.Count > 0,
        FiguresBlock figures => figures.Figures.Count > 0,
        _ => true,
    };

    private static string Subtitle(RunReport report) => string.Join(" · ", new[]
    {
        report.Model,
        report.Adapters,
        report.Started is DateTimeOffset started ? started.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : string.Empty,
    }.Where(part => part.Length > 0));

    private static List<KeyFigure> Figures(RunReport report)
    {
        List<KeyFigure> figures = [];
        if (ResultsRow.Best(report.Results) is { } best)
        {
            figures.Add(new KeyFigure(ScoreText.Of(best.Map50), "mAP50", Invariant($"IoU 0.50; best epoch: {best.Epoch}")));
            figures.Add(new KeyFigure(ScoreText.Of(best.Map), "mAP50-95", Invariant($"IoU 0.50 to 0.95; best epoch: {best.Epoch}")));
        }
        else if (report.Scores is CocoScores scores)
        {
            figures.Add(new KeyFigure(ScoreText.Of(scores.Map50), "mAP50", "mean average precision, IoU 0.50"));
            figures.Add(new KeyFigure(ScoreText.Of(scores.Map), "mAP50-95", "IoU 0.50 to 0.95"));
        }

        if (report.TotalParameters > 0)
        {
            double share = (double)report.TrainableParameters / report.TotalParameters;
            string note = Invariant($"{report.TrainableParameters:N0} of {report.TotalParameters:N0} parameters");
            figures.Add(new KeyFigure(Invariant($"{share:0.##%}"), "trained", note));
        }

        Add(report.Seconds, "time", Duration, Counted.Of(report.Results.Count, "epoch"));
        Add(report.ImagesPerSecond, "images per second", value => Invariant($"{value:0.#}"), "training");
        Add(report.PeakMemoryMb, "peak memory", value => Invariant($"{value:0} MB"), string.Empty);
        return figures;

        void Add(double value, string name, Func<double, string> format, string note)
        {
            if (double.IsFinite(value))
            {
                figures.Add(new KeyFigure(format(value), name, note));
            }
        }
    }

    private static void AddComparisons(List<PageBlock> blocks, IReadOnlyList<ReportComparison> comparisons)
    {
        if (comparisons.Count == 0)
        {
            return;
        }

        blocks.Add(new HeadingBlock("Before and after"));
        blocks.Add(new TableBlock(
            [TableColumn.Text("measured on"), TableColumn.Text("score"), new("before"), new("after"), new("change")],
            [
                .. comparisons.Select(row => new[]
                {
                    row.Name, row.Metric, ScoreText.Of(row.Before), ScoreText.Of(row.After), Change(row.After - row.Before),
                }),
            ]));
    }

    private static TableBlock Classes(CocoScores scores)
    {
        IEnumerable<string[]> rows = scores.PerClass.Select(row => new[]
        {
            row.Name, row.Objects.ToString(CultureInfo.InvariantCulture), ScoreText.Of(row.Ap50), ScoreText.Of(row.Ap75), ScoreText.Of(row.Ap), ScoreText.Of(row.Ar100),
        });
        string objects = scores.PerClass.Sum(row => row.Objects).ToString(CultureInfo.InvariantCulture);
        string[] all = ["all classes", objects, ScoreText.Of(scores.Map50), ScoreText.Of(scores.Map75), ScoreText.Of(scores.Map), ScoreText.Of(scores.Mar100)];
        return new TableBlock(
            [TableColumn.Text("class"), new("objects"), new("AP50"), new("AP75"), new("AP50-95"), new("recall (100)")], [.. rows, all])
        {
            Emphasized = [scores.PerClass.Count],
        };
    }

    private static TableBlock Facts(RunReport report)
    {
        List<string[]> rows = [];
        Add("base", report.Base);
        Add("adapters", report.Adapters);
        if (report.Data is ReportData data)
        {
            Add("data", data.Source);
            Add("training", Invariant($"{data.TrainImages:N0} images, {data.TrainBoxes:N0} boxes"));
            Add("validation", Invariant($"{data.ValImages:N0} images, {data.ValBoxes:N0} boxes"));
            Add("classes", string.Join(", ", data.Classes));
        }

        foreach ((string key, string value) in report.Settings)
        {
            Add(key, value);
        }

        Add("machine", report.Machine);
        Add("Graft", report.Revision);
        return new TableBlock([TableColumn.Text("fact"), TableColumn.Text("value")], rows);

        void Add(string name, string value)
        {
            if (value.Length > 0)
            {
                rows.Add([name, value]);
            }
        }
    }

    private static string Change(double value) => double.IsFinite(value) ? Invariant($"{value:+0.000;−0.000;0.000}") : ScoreText.Unknown;

    private static string Duration(double seconds)
    {
        TimeSpan time = TimeSpan.FromSeconds(seconds);
        return time.TotalHours >= 1 ? Invariant($"{(int)time.TotalHours} h {time.Minutes:00} min")
            : time.TotalMinutes >= 1 ? Invariant($"{time.Minutes} min {time.Seconds:00} s")
            : Invariant($"{seconds:0.#} s");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
