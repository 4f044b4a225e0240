using System.Text.Json.Nodes;
using Graft.Cli.Rendering;
using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Models.Ultralytics;
using Graft.Runs;
using Graft.Torch.Weights;

namespace Graft.Cli.Commands;

/// <summary>Compares a weight file with what a configuration expects, or with another file.</summary>
internal static class InspectDifference
{
    private const int ShownMismatches = 4;

    /// <summary>The load report of a file against a configuration.</summary>
    /// <returns>The exit code: 4 unless everything fits.</returns>
    internal static int WithConfig(WeightFile file, ModelOptions configured, Output output)
    {
        ModelOptions model = ModelFamilies.WithFormOf(configured, file);
        using IDetector detector = DetectorFactory.Create(model, DetectorFactory.Unnamed(model));
        NameMap? map = Checkpoint.IsOurs(file) ? null : UltralyticsFile.TryRead(file)?.Map;
        LoadReport report = LoadReport.Compare(detector.Network.ExpectedWeights(), file, map, new LoadOptions { MayExceed = model.TensorsBesideNetwork });
        output.Line(Shown(report, output));
        if (!report.IsComplete && ModelFamilies.Difference(file, Checkpoint.IsOurs(file) ? Checkpoint.ConfigOf(file).Model : null, model) is { } size)
        {
            output.Line($"{size.Message} {size.Hint}");
        }

        output.Result(report.ToJson());
        return report.IsComplete ? 0 : (int)Failure.Model;
    }

    /// <summary>The names and shapes of a file against another's; with a tolerance the values too.</summary>
    /// <returns>The exit code: 4 unless both agree.</returns>
    internal static int WithFile(WeightFile file, WeightFile other, double? tolerance, Output output)
    {
        LoadReport report = LoadReport.Compare(other.Entries.Select(entry => new ExpectedWeight(entry.Name, entry.Shape, entry.DType)), file);
        if (tolerance is { } largest)
        {
            return Values(file, other, report, largest, output);
        }

        output.Line(Shown(report, output));
        output.Result(report.ToJson());
        return report.IsComplete ? 0 : (int)Failure.Model;
    }

    /// <summary>Compares the tensors that both files have; names that only one has, and other shapes, count as differences.</summary>
    private static int Values(WeightFile file, WeightFile other, LoadReport report, double tolerance, Output output)
    {
        WeightDifference[] found = [.. file.Entries.Where(entry => other.TryGet(entry.Name) is not null)
            .Select(entry => WeightDifference.Between(entry.Name, other[entry.Name], entry))];
        WeightDifference[] far = [.. found.Where(one => !(one.AreEqual || one.MaxAbsolute <= tolerance))];
        bool agree = far.Length == 0 && report.IsComplete;
        output.Line(Shown(report, output));
        foreach (WeightDifference one in far)
        {
            output.Line($"  {one}");
        }

        double largest = found.Where(one => double.IsFinite(one.MaxAbsolute)).Select(one => one.MaxAbsolute).DefaultIfEmpty(0).Max();
        output.Line($"  values of {found.Length} tensors: {found.Count(one => one.AreEqual)} equal, {far.Length} differ by more than {tolerance:g3}; largest difference {largest:g3}");
        JsonObject result = report.ToJson();
        result["compared"] = found.Length;
        result["equal"] = found.Count(one => one.AreEqual);
        result["max_abs"] = largest;
        result["differ"] = new JsonArray([.. far.Select(one => (JsonNode)one.Name)]);
        output.Result(result);
        return agree ? 0 : (int)Failure.Model;
    }

    private static string Shown(LoadReport report, Output output) => report.Describe(output.IsVerbose ? int.MaxValue : ShownMismatches);
}
