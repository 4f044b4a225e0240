using System.Globalization;
using Graft.Export;
using Graft.Runs;
using Graft.Runtime;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Bench;

/// <summary>Many adapters on one exported base in Graft.Runtime: memory beside separate models, time of a change and of a call, and answers
/// that equal those of separate exports.</summary>
internal static class AdaptersEntry
{
    private const double MaxChange = 1, MaxDifference = 1e-5;
    private const string MemoryFile = "shared.txt";

    internal static int Run(Settings settings)
    {
        int count = settings.Integer("count", 20), size = settings.Integer("size", 320), calls = settings.Integer("calls", 50);
        string model = settings.Text("model", "yolo_world/v2_n"), step = settings.Text("step", "all"), folder = settings.Text("dir", "");
        settings.Finish();
        if (count < 1 || calls < 1)
        {
            throw new GraftException(Failure.Usage, $"{count} adapters in {calls} calls measure nothing; at least one of each was expected.");
        }

        switch (step)
        {
            case "export":
                AdapterModels.Export(folder, model, count, size);
                return 0;
            case "shared":
                return Shared(new AdapterModels(folder, count), calls);
            case "separate":
                return Separate(new AdapterModels(folder, count));
            case "all":
                using (TemporaryFolder temporary = new())
                {
                    // Each in a process of its own, so that the memory of one does not count for another.
                    return ((string[])["export", "shared", "separate"]).Select(one => Steps.Run(
                        "adapters", $"step={one}", $"dir={temporary.Path}", $"count={count}", $"size={size}", $"calls={calls}", $"model={model}")).FirstOrDefault(code => code != 0);
                }

            default:
                throw new GraftException(Failure.Usage, $"step is '{step}'; export, shared, separate or all was expected.");
        }
    }

    private static int Shared(AdapterModels models, int calls)
    {
        CameraFrame frame = new(0);
        double start = Resident();
        using OnnxDetector detector = OnnxDetector.Load(models.Base);
        frame.Detect(detector);
        double one = Resident() - start;
        List<OnnxAdapter> adapters = [];
        try
        {
            foreach (string file in models.AdapterFiles)
            {
                adapters.Add(OnnxAdapter.Load(file));
                detector.Use(adapters[^1]);
                frame.Detect(detector);
            }

            double each = (Resident() - start - one) / adapters.Count;
            Console.WriteLine($"memory: base with ONNX Runtime {one:f1} MiB, each of {adapters.Count} adapters {each:f2} MiB more; an adapter file has {models.AdapterMegabytes:f2} MiB");
            File.WriteAllText(Path.Combine(models.Folder, MemoryFile), each.ToString(CultureInfo.InvariantCulture));
            bool quick = Change(detector, adapters, models, frame, calls);
            return Answers(models) & quick ? 0 : 1;
        }
        finally
        {
            adapters.ForEach(adapter => adapter.Dispose());
        }
    }

    /// <summary>Times, in turn: a change, the call after it, a call without a change, a call of the base alone, a call of a merged model.</summary>
    private static bool Change(OnnxDetector detector, IReadOnlyList<OnnxAdapter> adapters, AdapterModels models, CameraFrame frame, int calls)
    {
        using OnnxDetector merged = OnnxDetector.Load(models.Alone(0));
        frame.Detect(merged);
        List<double>[] times = [.. Enumerable.Range(0, 5).Select(_ => new List<double>())];
        for (int call = 0; call < calls; call++)
        {
            times[0].Add(RuntimeTiming.Time(() => detector.Use(adapters[call % adapters.Count])));
            times[1].Add(RuntimeTiming.Time(() => frame.Detect(detector)));
            times[2].Add(RuntimeTiming.Time(() => frame.Detect(detector)));
            detector.Use(null);
            frame.Detect(detector);
            times[3].Add(RuntimeTiming.Time(() => frame.Detect(detector)));
            times[4].Add(RuntimeTiming.Time(() => frame.Detect(merged)));
        }

        double[] medians = [.. times.Select(RuntimeTiming.Median)];
        Console.WriteLine($"change of the adapter: {medians[0]:f4} ms, at most {MaxChange:f0} ms is allowed");
        Console.WriteLine(
            $"call: {medians[1]:f2} ms after a change, {medians[2]:f2} ms with the same adapter, {medians[3]:f2} ms without one, {medians[4]:f2} ms of a merged model ({medians[2] / medians[4]:f2} times as long)");
        return medians[0] <= MaxChange;
    }

    /// <summary>Compares the raw outputs of the base with each adapter to those of separate exports, relative to values above 1.</summary>
    private static bool Answers(AdapterModels models)
    {
        double unmerged = 0, merged = 0, change = 0;
        using InferenceSession shared = OnnxSessions.Open(models.Base, 0);
        float[] pixels = AdapterModels.Input(shared), plain = AdapterModels.Raw(shared, pixels);
        for (int i = 0; i < models.Count; i++)
        {
            using OrtLoraAdapter adapter = OrtLoraAdapter.Create(models.AdapterFiles[i], null);
            float[] found = AdapterModels.Raw(shared, pixels, adapter);
            using (InferenceSession kept = OnnxSessions.Open(models.Kept(i), 0))
            {
                unmerged = Math.Max(unmerged, Difference(AdapterModels.Raw(kept, pixels), found));
            }

            using InferenceSession alone = OnnxSessions.Open(models.Alone(i), 0);
            merged = Math.Max(merged, Difference(AdapterModels.Raw(alone, pixels), found));
            change = Math.Max(change, Difference(plain, found));
        }

        Console.WriteLine(
            $"answers: {unmerged:g2} from separate exports, at most {MaxDifference:g1} is allowed; {merged:g2} from merged ones; an adapter changes them by up to {change:g2}");
        return unmerged <= MaxDifference && change > MaxDifference;
    }

    private static int Separate(AdapterModels models)
    {
        CameraFrame frame = new(0);
        double adapter = double.Parse(File.ReadAllText(Path.Combine(models.Folder, MemoryFile)), CultureInfo.InvariantCulture), start = Resident(), one = 0;
        List<OnnxDetector> detectors = [];
        try
        {
            for (int i = 0; i < models.Count; i++)
            {
                detectors.Add(OnnxDetector.Load(models.Alone(i)));
                frame.Detect(detectors[^1]);
                one = i == 0 ? Resident() - start : one;
            }

            double each = (Resident() - start - one) / Math.Max(1, models.Count - 1);
            Console.WriteLine($"memory: a separate merged model with ONNX Runtime {one:f1} MiB, each of {models.Count - 1} more models {each:f2} MiB, {each - adapter:f2} MiB more than an adapter");
            return models.Count == 1 || adapter < each ? 0 : 1;
        }
        finally
        {
            detectors.ForEach(detector => detector.Dispose());
        }
    }

    private static double Difference(float[] expected, float[] found)
        => expected.Length != found.Length ? double.PositiveInfinity : expected.Zip(found, (a, b) => Math.Abs((double)a - b) / Math.Max(1, Math.Abs(a))).Max();

    private static double Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return ProcessMemory.ResidentMegabytes();
    }
}
