using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Graft.Samples;

/// <summary>One strategy: trained, merged, measured; each step in its own process, so that peak memory is measured per step.</summary>
internal sealed record StrategyRow(
    string Name, double TrainableShare, double Map50, double Map, double FirstLoss, double LastLoss, double ImagesPerSecond, double PeakMegabytes,
    double AdapterKilobytes, string Merged)
{
    internal const string Head = """
        | strategy | trainable | mAP50 | mAP | loss first → last epoch | images/s | peak memory | adapter file | merged |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|
        """;

    /// <summary>Trains, checks that the loss fell, merges.</summary>
    /// <exception cref="InvalidOperationException">A step failed, or the loss did not fall.</exception>
    internal static StrategyRow Run(string name, string config, string start, string data, string folder, IReadOnlyList<string> overrides)
    {
        using JsonDocument trained = Graft(["train", config, "--base", start, "--data", data, "--work-dir", folder, .. overrides]);
        JsonElement report = trained.RootElement;
        (double first, double last) = Losses(Path.Combine(folder, "results.csv"));
        if (!(last < first))
        {
            throw new InvalidOperationException($"the loss did not fall: {first:f4} in the first epoch, {last:f4} in the last");
        }

        JsonElement best = report.GetProperty("best");
        FileInfo adapter = new(Path.Combine(folder, "weights", "adapter.safetensors"));
        return new StrategyRow(
            name, report.GetProperty("trainable").GetDouble() / report.GetProperty("total").GetDouble(), best.GetProperty("map50").GetDouble(),
            best.GetProperty("map").GetDouble(), first, last, report.GetProperty("images_per_second").GetDouble(),
            report.GetProperty("peak_memory_mb").GetDouble(), adapter.Exists ? adapter.Length / 1024.0 : double.NaN, Merge(folder));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"| {Name} | {TrainableShare:p2} | {Map50:f3} | {Map:f3} | {FirstLoss:f2} → {LastLoss:f2} | {ImagesPerSecond:f1} | {PeakMegabytes:f0} MB | {(double.IsNaN(AdapterKilobytes) ? "–" : $"{AdapterKilobytes:n0} kB")} | {Merged} |");

    /// <summary>Milliseconds of the merged network with the result of the proof.</summary>
    private static string Merge(string folder)
    {
        using JsonDocument merged = Graft(["merge", folder, "--fold", "--out", Path.Combine(folder, "merged.safetensors")]);
        JsonElement report = merged.RootElement;
        double before = report.GetProperty("ms_before").GetDouble(), after = report.GetProperty("ms_after").GetDouble();
        int left = report.GetProperty("left").GetArrayLength();
        return report.GetProperty("exact").GetBoolean()
            ? string.Create(CultureInfo.InvariantCulture, $"{before:f1} → {after:f1} ms, {(left == 0 ? "nothing left" : $"{left} parts left")}")
            : throw new InvalidOperationException("the merge is not exact");
    }

    private static (double First, double Last) Losses(string path)
    {
        string[][] lines = [.. File.ReadAllLines(path).Select(line => line.Split(','))];
        int[] columns = [.. Enumerable.Range(0, lines[0].Length).Where(column => lines[0][column].Trim().StartsWith("train/", StringComparison.Ordinal))];
        double[] sums = [.. lines.Skip(1).Select(cells => columns.Sum(column => double.Parse(cells[column], CultureInfo.InvariantCulture)))];
        return sums.Length >= 2 ? (sums[0], sums[^1]) : throw new InvalidOperationException("one epoch shows no trend; train at least two");
    }

    private static JsonDocument Graft(IEnumerable<string> words)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string word in words.Prepend(Path.Combine(AppContext.BaseDirectory, "Graft.Cli.dll")).Append("--json"))
        {
            start.ArgumentList.Add(word);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonDocument.Parse(output)
            : throw new InvalidOperationException($"graft {words.First()} ended with exit code {process.ExitCode}: {Tail(errors.Result)}");
    }

    private static string Tail(string text) => string.Join(" ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(3));
}
