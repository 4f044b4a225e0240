using System.Text.Json.Nodes;
using Graft.Comparison;

namespace Graft.Cli.Rendering;

/// <summary>Shows the outcome of a comparison: a table, what it means, and the files.</summary>
internal static class CompareOutput
{
    internal static void Print(CompareResult result, Output output)
    {
        output.Table(
            ["strategy", "trained", "share", "mAP50", $"against {result.Plan.Strategies[0].Name}", "mAP", "images/s", "minutes", "memory", "file", "merged"],
            result.Statistics.Strategies.Select((figures, i) => Row(result, figures, isBaseline: i == 0)));
        foreach (string sentence in result.Statistics.Conclusions)
        {
            output.Line(sentence);
        }

        output.Line($"Results: {result.Folder.Page}");
        output.Result(new JsonObject
        {
            ["out"] = result.Folder.Path,
            ["recommended"] = result.Statistics.Recommended,
            ["conclusions"] = new JsonArray([.. result.Statistics.Conclusions.Select(text => JsonValue.Create(text))]),
            ["cells"] = result.Cells.Count,
            ["report"] = result.Folder.Page,
            ["table"] = result.Folder.Table,
            ["results"] = result.Folder.Json,
            ["strategies"] = new JsonArray([.. result.Statistics.Strategies.Select(figures => (JsonNode)ToJson(result, figures))]),
        });
    }

    private static string[] Row(CompareResult result, StrategyFigures figures, bool isBaseline)
    {
        PlannedStrategy strategy = result.Plan.Strategy(figures.Name);
        IReadOnlyList<CellResult> cells = result.Of(figures.Name);
        string merged = cells.Any(cell => cell.Refused is not null) ? "refused" : cells[0].Merged == 0 ? "–" : $"{cells[0].Merged} of {cells[0].Merged + cells[0].Left}, {cells.Max(cell => cell.MergeDifference):g2}";
        return
        [
            figures.Name, $"{strategy.Trainable:n0}", $"{100 * strategy.Share:f1} %", figures.Map50.ToString(), isBaseline ? "–" : figures.ToBaseline.ToSignedString(), $"{figures.Map.Value:f3}",
            $"{strategy.KeptImagesPerSecond ?? strategy.ImagesPerSecond:f1}", $"{cells.Average(cell => cell.Seconds) / 60:f1}", $"{strategy.Megabytes:f0} MB",
            $"{cells.Average(cell => cell.FileBytes) / 1e6:f1} MB", merged,
        ];
    }

    private static JsonObject ToJson(CompareResult result, StrategyFigures figures) => new()
    {
        ["name"] = figures.Name,
        ["trainable"] = result.Plan.Strategy(figures.Name).Trainable,
        ["epochs"] = result.Plan.Strategy(figures.Name).Epochs,
        ["map50"] = figures.Map50.Value,
        ["map50_range"] = Range(figures.Map50),
        ["map"] = figures.Map.Value,
        ["difference"] = figures.ToBaseline.Value,
        ["difference_range"] = Range(figures.ToBaseline),
        ["minutes"] = result.Of(figures.Name).Average(cell => cell.Seconds) / 60,
    };

    private static JsonArray? Range(Estimate estimate) => estimate.Range is { } range ? [range.Low, range.High] : null;
}
