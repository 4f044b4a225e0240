using System.Globalization;
using Graft.Files;
using Graft.Reports;

namespace Graft.Comparison;

/// <summary>Writes the results of a comparison: a table, everything as JSON, and the page.</summary>
internal static class CompareReport
{
    private static readonly string[] Header =
    [
        "strategy", "seed", "fraction", "images", "epochs", "best_epoch", "trainable", "share", "map50", "map", "retention", "minutes", "images_per_second",
        "kept_images_per_second", "memory_mb", "file_bytes", "gflops_before", "gflops_after", "ms_before", "ms_after", "merged", "left", "merge_difference",
        "largest_gradient", "skipped_steps",
    ];

    /// <summary>Writes all files.</summary>
    /// <param name="result">The comparison.</param>
    /// <param name="drawn">Whether images were drawn.</param>
    internal static void Save(CompareResult result, bool drawn)
    {
        AtomicFile.WriteText(result.Folder.Table, Csv.Write([[.. Header, .. result.Plan.Classes.Select(name => $"ap50/{name}")], .. result.Cells.Select(cell => Row(result.Plan, cell))]));
        ReportJson.Save(result.Folder.Json, Contents.Of(result));
        ComparePage.Of(result, drawn).Save(result.Folder.Page);
    }

    private static string[] Row(ComparePlan plan, CellResult cell)
    {
        PlannedStrategy strategy = plan.Strategy(cell.Strategy);
        object?[] values =
        [
            cell.Strategy, cell.Seed, cell.Fraction, cell.Images, cell.Epochs, cell.BestEpoch, strategy.Trainable, strategy.Share, Score(cell.Map50), Score(cell.Map), cell.Retention,
            cell.Seconds / 60, strategy.ImagesPerSecond, strategy.KeptImagesPerSecond, strategy.Megabytes, cell.FileBytes, cell.GflopsBefore, cell.GflopsAfter, cell.MsBefore,
            cell.MsAfter, cell.Merged, cell.Left, cell.MergeDifference, cell.LargestGradient, cell.SkippedSteps,
            .. cell.PerClass.Select(one => (object?)Score(one.Ap50)),
        ];
        return [.. values.Select(value => value switch
        {
            null or double.NaN => "",
            double number => number.ToString("G6", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        })];
    }

    /// <summary>An undefined score is an empty cell.</summary>
    private static double? Score(double value) => value >= 0 ? value : null;

    /// <summary>What the JSON file holds.</summary>
    private sealed record Contents(
        ComparePlan Plan, IReadOnlyList<StrategyFigures> Strategies, IReadOnlyList<StrategyFigures> Fractions, string Recommended, IReadOnlyList<string> Conclusions,
        IReadOnlyList<CellResult> Cells)
    {
        internal static Contents Of(CompareResult result) => new(
            result.Plan, result.Statistics.Strategies, result.Statistics.Fractions, result.Statistics.Recommended, result.Statistics.Conclusions, result.Cells);
    }
}
