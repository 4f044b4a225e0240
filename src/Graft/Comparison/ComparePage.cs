using System.Globalization;
using Graft.Reports;
using Graft.Reports.Charts;
using Graft.Reports.Pages;

namespace Graft.Comparison;

/// <summary>The page of a comparison: the recommendation, the table, what quality costs, learning curves, classes, images, how it was made.</summary>
internal static class ComparePage
{
    // From this ratio on, all but the largest cost would lie at one edge of a linear axis.
    private const double WideRange = 20;

    private static readonly double[] Reached = [0.5, 0.8, 0.95];

    /// <summary>The page.</summary>
    /// <param name="result">The comparison.</param>
    /// <param name="drawn">Whether images were drawn.</param>
    internal static Page Of(CompareResult result, bool drawn)
    {
        ComparePlan plan = result.Plan;
        List<PageBlock> blocks = [.. plan.Notes.Select(note => new TextBlock(Sentence(note)) { IsWarning = true })];
        blocks.Add(Figures(result));
        blocks.Add(new HeadingBlock("What to take"));
        blocks.AddRange(result.Statistics.Conclusions.Select(text => new TextBlock(text)));
        blocks.Add(new HeadingBlock("Quality"));
        blocks.Add(Quality(result));
        blocks.Add(new TextBlock(plan.ValImages < ComparePlanner.LeastImages
            ? "There are too few validation images for intervals."
            : $"In brackets: 95 % intervals over other images and seeds ({CompareStatistics.Samples} samples). Differences compare the same images and seeds; one whose interval holds 0 is not shown."));
        blocks.Add(new ChartsBlock([Values(result), Size(result), Time(result), Curves(result)]));
        if (drawn)
        {
            blocks.Add(new HeadingBlock("Found and missed"));
            blocks.Add(new ImageBlock(Path.GetFileName(result.Folder.Picture), "Validation images with their labels, and what strategies find from a score of 0.25 (first seed). \"missed\": a label without a box of its class that overlaps it by half."));
        }

        blocks.Add(new HeadingBlock("Cost of training"));
        blocks.Add(Training(result));
        blocks.Add(new TextBlock("Minutes to an mAP50: half, 80 % and 95 % of what the first strategy reaches."));
        blocks.Add(new HeadingBlock("Cost of the result"));
        blocks.Add(Delivery(result));
        blocks.Add(new HeadingBlock("Classes"));
        blocks.Add(Classes(result));
        if (result.Statistics.Fractions.Count > 0)
        {
            blocks.Add(new HeadingBlock("More images?"));
            blocks.Add(Fractions(result));
            blocks.Add(new ChartsBlock([FractionCurves(result)]));
        }

        blocks.Add(new HeadingBlock("What each trains"));
        blocks.Add(new TableBlock(
            [TableColumn.Short("strategy"), TableColumn.Text("what is trained"), TableColumn.Text("configuration")],
            [.. plan.Strategies.Select(strategy => new[] { strategy.Name, strategy.Tuning, strategy.Source })]));
        blocks.Add(new HeadingBlock("How it was made"));
        blocks.Add(new CodeBlock(plan.Command));
        blocks.Add(Facts(result));
        string budget = plan.Minutes is { } minutes ? Text($"{minutes:0.##} {(minutes == 1 ? "minute" : "minutes")} each") : $"{Counted.Of(plan.Strategies[0].Epochs, "epoch")} each";
        return new Page(
            $"{Counted.Of(plan.Strategies.Count, "strategy", "strategies")} compared", $"{plan.Model}, {Counted.Of(plan.Seeds, "seed")}, {budget}, {Counted.Of(plan.TrainImages, "training image")}", blocks);
    }

    private static FiguresBlock Figures(CompareResult result)
    {
        PlannedStrategy taken = result.Plan.Strategy(result.Statistics.Recommended);
        StrategyFigures figures = result.Statistics.Of(taken.Name);
        CellResult[] cells = [.. result.Of(taken.Name)];
        List<KeyFigure> shown =
        [
            new(taken.Name, result.Statistics.IsUsable ? "recommended" : "first choice, of no use yet", taken.Source),
            new(ScoreText.Of(figures.Map50.Value), "mAP50", figures.Map50.Range is { } range ? $"{ScoreText.Of(range.Low)} to {ScoreText.Of(range.High)}" : ""),
            new(Text($"{100 * taken.Share:0.#} %"), "trained values", Text($"{taken.Trainable:N0} of {taken.Total:N0}")),
            new(SizeText.Of(cells.Average(cell => cell.FileBytes)), "file", "what training adds to the base"),
        ];
        if (cells.All(cell => cell.Retention is not null))
        {
            shown.Add(new(Text($"{100 * cells.Average(cell => cell.Retention!.Value):0} %"), "old classes kept", "mAP of the base on its own classes"));
        }

        return new FiguresBlock(shown);
    }

    private static TableBlock Quality(CompareResult result)
    {
        bool kept = result.Cells.Any(cell => cell.Retention is not null);
        List<TableColumn> columns =
        [
            TableColumn.Short("strategy"), new("trained values"), new("mAP50"), new($"against {result.Plan.Strategies[0].Name}"), new("mAP50-95"), new("over seeds ±"),
        ];
        if (kept)
        {
            columns.Add(new("old classes kept"));
        }

        return new TableBlock(columns, [.. result.Statistics.Strategies.Select((one, i) =>
        {
            PlannedStrategy strategy = result.Plan.Strategy(one.Name);
            string[] cells =
            [
                one.Name, Text($"{strategy.Trainable:N0} ({100 * strategy.Share:0.#} %)"), one.Map50.ToString(), i == 0 ? "–" : one.ToBaseline.ToSignedString(),
                ScoreText.Of(one.Map.Value), double.IsNaN(one.Spread) ? "–" : Text($"{one.Spread:0.000}"),
            ];
            return (IReadOnlyList<string>)(kept ? [.. cells, Mean(result, one.Name, cell => cell.Retention is { } left ? 100 * left : null, "0", " %")] : cells);
        })])
        {
            Emphasized = [.. result.Statistics.Strategies.Select((one, i) => (one.Name, i)).Where(one => one.Name == result.Statistics.Recommended).Select(one => one.i)],
        };
    }

    private static TableBlock Training(CompareResult result)
    {
        double target = result.Statistics.Strategies[0].Map50.Value;
        return new TableBlock(
            [
                TableColumn.Short("strategy"), new("images/s"), new("with kept features"), new("memory"), new("epochs"), new("minutes"),
                .. Reached.Select(share => new TableColumn(Text($"minutes to {share * target:0.00}"))), new("largest gradient"), new("skipped steps"),
            ],
            [.. result.Plan.Strategies.Select(strategy => (IReadOnlyList<string>)[
                strategy.Name, Text($"{strategy.ImagesPerSecond:0.#}"), strategy.KeptImagesPerSecond is { } kept ? Text($"{kept:0.#}") : "–",
                Text($"{strategy.Megabytes:0} MB"), Text($"{strategy.Epochs}"), Mean(result, strategy.Name, cell => cell.Seconds / 60, "0.0"),
                .. Reached.Select(share => Mean(result, strategy.Name, cell => cell.MinutesTo(share * target), "0.0")),
                Text($"{result.Of(strategy.Name).Max(cell => cell.LargestGradient):0.#}"), Text($"{result.Of(strategy.Name).Sum(cell => cell.SkippedSteps)}"),
            ])]);
    }

    private static TableBlock Delivery(CompareResult result) => new(
        [
            TableColumn.Short("strategy"), new("file"), new("GFLOP, attached"), new("merged"), new("ms, attached"), new("merged"), new("parts merged"), new("left"),
            TableColumn.Text("merge is exact"),
        ],
        [.. result.Plan.Strategies.Select(strategy =>
        {
            CellResult[] cells = [.. result.Of(strategy.Name)];
            string exact = cells.FirstOrDefault(cell => cell.Refused is not null)?.Refused
                ?? (cells[0].Merged == 0 ? "nothing to merge" : Text($"yes, largest difference {cells.Max(cell => cell.MergeDifference):g2}"));
            return (IReadOnlyList<string>)[
                strategy.Name, SizeText.Of(cells.Average(cell => cell.FileBytes)), Text($"{cells[0].GflopsBefore:0.00}"), Text($"{cells[0].GflopsAfter:0.00}"),
                Mean(result, strategy.Name, cell => cell.MsBefore, "0.0"), Mean(result, strategy.Name, cell => cell.MsAfter, "0.0"),
                Text($"{cells[0].Merged}"), Text($"{cells[0].Left}"), exact,
            ];
        })]);

    private static TableBlock Classes(CompareResult result) => new(
        [TableColumn.Short("AP50"), .. result.Plan.Classes.Select(name => new TableColumn(name))],
        [.. result.Plan.Strategies.Select(strategy => (IReadOnlyList<string>)[
            strategy.Name, .. Enumerable.Range(0, result.Plan.Classes.Count).Select(label => Mean(
                result, strategy.Name, cell => cell.PerClass[label].Ap50 >= 0 ? cell.PerClass[label].Ap50 : null, "0.000")),
        ])]);

    private static TableBlock Fractions(CompareResult result) => new(
        [TableColumn.Short("strategy"), .. result.Plan.Fractions.Order().Select(share => new TableColumn(Counted.Of((int)Math.Round(share * result.Plan.TrainImages), "image")))],
        [.. result.Plan.Strategies.Select(strategy => (IReadOnlyList<string>)[
            strategy.Name, .. result.Statistics.Fractions.Where(one => one.Name == strategy.Name).Select(one => one.Map50.ToString()),
        ])]);

    private static Chart Values(CompareResult result)
        => Pareto(result, "mAP50 for trained values", "Trained values, thousands", strategy => strategy.Trainable / 1e3);

    private static Chart Size(CompareResult result)
        => Pareto(result, "mAP50 for the file", "file that training adds, MB", strategy => result.Of(strategy.Name).Average(cell => cell.FileBytes) / 1e6);

    private static Chart Time(CompareResult result)
        => Pareto(result, "mAP50 for the time", "minutes of training and validation, mean", strategy => result.Of(strategy.Name).Average(cell => cell.Seconds) / 60);

    /// <summary>Every run as a dot, and the line of what no other strategy reaches with less.</summary>
    private static Chart Pareto(CompareResult result, string title, string axis, Func<PlannedStrategy, double> cost)
    {
        (double Cost, double Score)[] means = [.. result.Plan.Strategies
            .Select((strategy, i) => (Cost: cost(strategy), Score: result.Statistics.Strategies[i].Map50.Value)).OrderBy(point => point.Cost)];
        (double Cost, double Score)[] front = [.. means.Where(point => means.All(other => other.Score <= point.Score || other.Cost > point.Cost))];
        return new Chart(title, axis, "",
        [
            new ChartSeries("not reached with less", [.. front.Select(point => point.Cost)], [.. front.Select(point => point.Score)]) { Colour = -1, Style = SeriesStyle.Dashed },
            .. result.Plan.Strategies.Select((strategy, i) => new ChartSeries(
                strategy.Name, [.. result.Of(strategy.Name).Select(_ => cost(strategy))], [.. result.Of(strategy.Name).Select(cell => cell.Map50)])
            { Colour = i, Style = SeriesStyle.Dots }),
        ])
        {
            LogarithmicX = means[0].Cost > 0 && means[^1].Cost > WideRange * means[0].Cost,
        };
    }

    private static Chart Curves(CompareResult result) => new("mAP50 over minutes", "minutes of training and validation", "",
    [
        .. result.Plan.Strategies.SelectMany((strategy, i) => result.Of(strategy.Name).Select((cell, seed) => new ChartSeries(
            seed == 0 ? strategy.Name : "", [.. cell.Curve.Select(point => point.Minutes)], [.. cell.Curve.Select(point => point.Map50)])
        { Colour = i, Style = seed == 0 ? SeriesStyle.Line : SeriesStyle.Faint })),
    ]);

    private static Chart FractionCurves(CompareResult result) => new("mAP50 over training images", "training images", "",
    [
        .. result.Plan.Strategies.SelectMany((strategy, i) =>
        {
            StrategyFigures[] figures = [.. result.Statistics.Fractions.Where(one => one.Name == strategy.Name)];
            double[] images = [.. figures.Select(one => Math.Round(one.Fraction * result.Plan.TrainImages))];
            ChartSeries Bound(Func<EstimateRange, double> of) => new("", images, [.. figures.Select(one => one.Map50.Range is { } range ? of(range) : double.NaN)])
            {
                Colour = i,
                Style = SeriesStyle.Faint,
            };
            return new[] { new ChartSeries(strategy.Name, images, [.. figures.Select(one => one.Map50.Value)]) { Colour = i }, Bound(range => range.Low), Bound(range => range.High) };
        }),
    ]);

    private static TableBlock Facts(CompareResult result)
    {
        ComparePlan plan = result.Plan;
        double shared = result.Cells.Sum(cell => cell.SharedSeconds);
        List<string[]> rows =
        [
            ["base", Text($"{plan.Base} ({plan.BaseHash[..12]})")],
            ["data", Text($"{plan.Data}: {Counted.Of(plan.TrainImages, "training image")}, {Counted.Of(plan.ValImages, "validation image")} with {Counted.Of(plan.ValBoxes, "object")}")],
            ["runs", Text($"{result.Cells.Count}, {result.Cells.Sum(cell => cell.Seconds) / 60:0} minutes in all")],
            ["machine", plan.Machine],
            ["Graft", plan.Revision],
        ];
        if (shared > 0)
        {
            rows.Add(["features shared between runs", Text($"{shared:0} seconds, which count in the minutes of each run as if it had computed them")]);
        }

        if (result.WithoutRetention is { } reason)
        {
            rows.Add(["old classes", $"not measured: {reason}"]);
        }

        return new TableBlock([TableColumn.Text("fact"), TableColumn.Text("value")], rows);
    }

    /// <summary>The mean over the seeds; a dash where one of them has no value.</summary>
    private static string Mean(CompareResult result, string name, Func<CellResult, double?> value, string format, string unit = "")
    {
        double?[] values = [.. result.Of(name).Select(value)];
        return values.All(one => one is { } number && double.IsFinite(number)) ? values.Average()!.Value.ToString(format, CultureInfo.InvariantCulture) + unit : "–";
    }

    private static string Sentence(string note) => char.ToUpperInvariant(note[0]) + note[1..] + (note.EndsWith('.') ? "" : ".");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
