using System.Diagnostics;
using System.Text.Json;
using Graft.Files;
using Graft.Peft;
using Graft.Runs;

namespace Graft.Bench;

/// <summary>Every line of a manifest of hostile files: outcome, time, memory as the kernel counts it, files left behind, child processes.</summary>
internal static class HostileEntry
{
    private const double MaxMegabytes = 512, MaxSeconds = 5;
    private static readonly string[] EitherAnswer = ["55_rank_100000.safetensors", "80_lone_surrogate.safetensors"];

    internal static int Run(Settings settings)
    {
        string folder = settings.Text("dir", Shared.Find() is { } shared ? Path.Combine(shared, "golden", "hostile") : "");
        settings.Finish();
        string manifest = Path.Combine(folder, "manifest.json");
        if (!File.Exists(manifest))
        {
            throw new GraftException(Failure.Usage, $"{manifest} is not there.", "Name the folder with the manifest: dir=FOLDER.");
        }

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(manifest));
        int wrong = 0, lines = 0;
        (double Value, string Name) slowest = default, largest = default;
        string[] before = Tree(folder);
        foreach (JsonElement line in json.RootElement.GetProperty("files").EnumerateArray())
        {
            string path = line.GetProperty("path").GetString()!;
            bool adapter = path.StartsWith("adapter/", StringComparison.Ordinal);
            foreach ((string member, WeightPolicy policy) in new[] { ("must", WeightPolicy.Strict), ("must_with_skip_policy", WeightPolicy.Skip) })
            {
                string must = line.GetProperty(member).GetString()!;
                double resident = ForgetPeak();
                Stopwatch watch = Stopwatch.StartNew();
                string outcome = adapter ? OfAdapter(Path.Combine(folder, path)) : OfFile(Path.Combine(folder, path), policy);
                double seconds = watch.Elapsed.TotalSeconds, extra = Math.Max(0, ProcessMemory.PeakMegabytes() - resident);
                (slowest, largest) = (seconds > slowest.Value ? (seconds, path) : slowest, extra > largest.Value ? (extra, path) : largest);
                lines++;
                if ((outcome != must && !EitherAnswer.Contains(Path.GetFileName(path))) || seconds > MaxSeconds || extra > MaxMegabytes)
                {
                    wrong++;
                    Console.WriteLine($"{path} ({policy}): {outcome} instead of {must}, {seconds:f2} s, {extra:f0} MiB");
                }
            }
        }

        string[] left = [.. Tree(folder).Except(before)];
        string children = Directory.Exists("/proc/self/task")
            ? string.Concat(Directory.EnumerateDirectories("/proc/self/task").Select(task => Path.Combine(task, "children")).Where(File.Exists).Select(File.ReadAllText)).Trim() : "";
        Console.WriteLine($"{lines} readings, {wrong} not as the manifest says; slowest {slowest.Value:f2} s ({slowest.Name}), most memory {largest.Value:f0} MiB ({largest.Name}); "
            + $"{left.Length} files left behind, {(children.Length == 0 ? "no" : "some")} child process");
        return wrong + left.Length + children.Length == 0 ? 0 : 1;
    }

    private static string OfFile(string path, WeightPolicy policy)
    {
        try
        {
            using WeightFile file = WeightFile.Open(path, policy);
            foreach (WeightEntry entry in file.Entries)
            {
                entry.Sha256();
            }

            return file.Entries.Count > 0 || file.Root is null ? "load" : "load_without_tensors";
        }
        catch (GraftException)
        {
            return "error";
        }
    }

    /// <summary>Infinite values may be read, but not merged.</summary>
    private static string OfAdapter(string path)
    {
        try
        {
            using PeftAdapter adapter = PeftAdapter.Open(path);
            return adapter.NotFinite.Count == 0 ? "load" : "error";
        }
        catch (GraftException)
        {
            return "error";
        }
    }

    /// <summary>Resets the kernel's peak counter and returns the resident size.</summary>
    private static double ForgetPeak()
    {
        if (File.Exists("/proc/self/clear_refs"))
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }

        return ProcessMemory.ResidentMegabytes();
    }

    private static string[] Tree(string folder) => Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories);
}
