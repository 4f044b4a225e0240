using System.Diagnostics;
using Graft.Files;
using Graft.Peft;
using Graft.Runs;
using Graft.Torch;
using Graft.VisionLanguage;

namespace Graft.Bench;

/// <summary>A full-scale PanoramaVLM: written, checked, merged, loaded, and generating text, each step in its own process, so that peak
/// memory is measured per step.</summary>
internal static class PanoramaEntry
{
    private const double MaxMemoryRatio = 1.3;
    private const int Rank = 32;

    internal static int Run(Settings settings)
    {
        string folder = settings.Text("dir", "artifacts/bench/panorama"), size = settings.Text("size", "full"), step = settings.Text("step", "all");
        int tokens = settings.Integer("tokens", 32), seed = settings.Integer("seed", 1), threads = settings.Integer("threads", Environment.ProcessorCount);
        bool keep = settings.Integer("keep", 0) != 0;
        settings.Finish();
        TorchRuntime.Threads = threads;
        string checkpoint = Path.Combine(folder, "checkpoint.ckpt"), merged = Path.Combine(folder, "merged.safetensors");
        switch (step)
        {
            case "write":
                RandomPanorama.Write(folder, RandomPanorama.Sizes(size), Rank, 64, seed);
                return Peak("written", checkpoint, mayNeed: 0.2);
            case "check":
                PanoramaCheck check = PanoramaCheck.Of(checkpoint);
                Console.WriteLine(check);
                return Math.Max(Peak("checked", checkpoint, mayNeed: 0.5), check.IsExplained ? 0 : 1);
            case "merge":
                Merge(checkpoint, merged);
                return Peak("merged, file to file", checkpoint, MaxMemoryRatio);
            case "generate":
                Generate(checkpoint, tokens);
                return Peak("loaded, merged in memory and generated", checkpoint, MaxMemoryRatio);
            case "all":
                return All(folder, size, tokens, seed, threads, keep);
            default:
                throw new GraftException(Failure.Usage, $"step is '{step}'; write, check, merge, generate or all was expected.");
        }
    }

    private static int All(string folder, string size, int tokens, int seed, int threads, bool keep)
    {
        int worst = 0;
        try
        {
            foreach (string step in (string[])["write", "check", "merge", "generate"])
            {
                int code = Steps.Run("panorama", $"dir={folder}", $"size={size}", $"step={step}", $"tokens={tokens}", $"seed={seed}", $"threads={threads}");
                worst = Math.Max(worst, code);
                if (code != 0)
                {
                    break;
                }
            }
        }
        finally
        {
            if (!keep && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return worst;
    }

    private static void Merge(string checkpoint, string merged)
    {
        Stopwatch watch = Stopwatch.StartNew();
        using WeightFile file = WeightFile.Open(checkpoint);
        CheckpointLayout layout = CheckpointLayout.Of(file);
        using PeftAdapter inside = PeftAdapter.FromCheckpoint(file, CheckpointConfig.Read(file)!, layout.Prefix, layout.Owner);
        PeftMergeReport report = PeftMerge.Write(file, [inside], merged, new PeftMergeOptions { Prefix = layout.Prefix, Owner = layout.Owner });
        Console.WriteLine(report);
        Console.WriteLine($"{watch.Elapsed.TotalSeconds:f1} s; {new FileInfo(merged).Length / 1e9:f2} GB written");
    }

    private static void Generate(string checkpoint, int tokens)
    {
        Stopwatch watch = Stopwatch.StartNew();
        using PanoramaModel opened = PanoramaModel.Open(checkpoint);
        PanoramaVlm model = opened.Model;
        Console.WriteLine($"opened and merged in {watch.Elapsed.TotalSeconds:f1} s; {model.ParameterCount:N0} parameters");
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        Tensor table = model.StateDict().Where(entry => entry.Value.Rank == 2).MaxBy(entry => entry.Value.Count).Value;
        double before = Bandwidth(table);
        int side = model.Options.Vision.Image;
        int[] prompt = [1, 2, model.Options.VisionTokenId!.Value, .. Enumerable.Range(3, 30)];
        List<double> times = [];
        watch.Restart();
        PanoramaGenerator.Generate(model, Tensor.Rand(1, 9, 3, side, side) * 2 - 1, prompt, [],
            GenerationOptions.Greedy with { MaxNewTokens = tokens, RepetitionPenalty = 1.1 }, _ => times.Add(watch.Elapsed.TotalSeconds));
        double peak = Math.Max(before, Bandwidth(table));
        QwenOptions language = model.Options.Language;
        int places = model.Projector.Forward(Tensor.Zeros(1, 9, ((QFormerOptions)model.Options.Resampler).Queries, model.Options.LatentWidth),
            model.Options.Overlap, model.Options.Stitching).Size(1) is var vision ? (int)vision + prompt.Length + tokens / 2 : 0;
        double weights = model.Language.ParameterCount * 4.0, cache = 2.0 * language.Layers * language.KeyHeads * language.HeadWidth * 4 * places;
        double rate = (times.Count - 1) / (times[^1] - times[0]), gigabytes = (weights + cache) * rate / 1e9;
        Console.WriteLine($"first token after {times[0]:f2} s (9 views, {places - tokens / 2} positions), then {rate:f2} tokens/s");
        Console.WriteLine($"{(weights + cache) / 1e9:f2} GB per token: {gigabytes:f1} GB/s of {peak:f1} GB/s measured in this run, {100 * gigabytes / peak:f0} %");
    }

    /// <summary>Memory bandwidth of all threads in GB/s: the best of several sums and matrix-vector products over the largest weight,
    /// which exceeds the caches.</summary>
    private static double Bandwidth(Tensor table)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor vector = Tensor.Full([table.Size(1), 1], 0.5);
        double best = double.MaxValue;
        for (int i = 0; i < 6; i++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            using TensorScope turn = TensorScope.Begin();
            _ = (i % 2 == 0 ? table.Sum() : table.MatMul(vector).Sum()).ToDouble();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return table.Count * 4.0 / best / 1e9;
    }

    private static int Peak(string what, string file, double mayNeed)
    {
        double peak = ProcessMemory.PeakMegabytes(), length = new FileInfo(file).Length / 1048576.0, allowed = Math.Max(512, mayNeed * length);
        Console.WriteLine($"{what}: peak memory {peak:f0} MiB, {peak / length:f2} times the checkpoint of {length:f0} MiB{(peak <= allowed ? "" : $" — more than the {allowed:f0} MiB allowed")}");
        return peak <= allowed ? 0 : 1;
    }
}
