using System.Text.Json.Nodes;
using Graft.Cli.Rendering;
using Graft.Files;
using Graft.Models;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>Shows how a weight file differs from what a configuration expects, or from another file.</summary>
internal static class InspectDifference
{
    private const int ShownMismatches = 4;

    /// <summary>The load report of a file against a configuration.</summary>
    /// <returns>The exit code: 4 unless everything fits.</returns>
    internal static int WithConfig(WeightFile file, ModelOptions configured, Output output)
    {
        ConfigComparison comparison = ConfigComparison.Between(file, configured);
        output.Line(Shown(comparison.Report, output));
        if (comparison.OtherSize is { } size)
        {
            output.Line(size);
        }

        return Ended(comparison.Report.IsComplete, comparison.Report.ToJson(), output);
    }

    /// <summary>The names and shapes of a file against another's; with a tolerance the values too.</summary>
    /// <returns>The exit code: 4 unless both agree.</returns>
    internal static int WithFile(WeightFile file, WeightFile other, double? tolerance, Output output)
    {
        if (tolerance is { } largest)
        {
            return Values(WeightComparison.Between(file, other, largest), output);
        }

        LoadReport report = WeightComparison.OfNames(file, other);
        output.Line(Shown(report, output));
        return Ended(report.IsComplete, report.ToJson(), output);
    }

    private static int Values(WeightComparison comparison, Output output)
    {
        output.Line(Shown(comparison.Names, output));
        foreach (WeightDifference one in comparison.Different)
        {
            output.Line($"  {one}");
        }

        output.Line($"  values of {comparison.Tensors.Count} tensors: {comparison.Equal} equal, {comparison.Different.Count} differ by more than {comparison.Tolerance:g3}; largest difference {comparison.Largest:g3}");
        JsonObject result = comparison.Names.ToJson();
        result["compared"] = comparison.Tensors.Count;
        result["equal"] = comparison.Equal;
        result["max_abs"] = comparison.Largest;
        result["differ"] = new JsonArray([.. comparison.Different.Select(one => (JsonNode)one.Name)]);
        return Ended(comparison.Agree, result, output);
    }

    private static int Ended(bool agree, JsonObject result, Output output)
    {
        output.Result(result);
        return agree ? 0 : (int)Failure.Model;
    }

    private static string Shown(LoadReport report, Output output) => report.Describe(output.IsVerbose ? int.MaxValue : ShownMismatches);
}
