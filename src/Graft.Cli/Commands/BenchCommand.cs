using System.Text.Json.Nodes;
using Graft.Benchmarks;
using Graft.Detectors;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft bench: speed as a share of the convolution peak measured in the same run.</summary>
internal sealed class BenchCommand : Command
{
    private const int MostClasses = 100_000;

    internal override string Name => "bench";

    internal override string Summary => "speed as a share of this machine's convolution peak";

    internal override string Usage => """
        graft bench roofline
        graft bench infer CONFIG [imgsz=640] [--classes N] [--repeat N]
        graft bench train CONFIG [imgsz=320 batch=8] [--classes N] [--repeat N]
        graft bench words CONFIG [imgsz=640] [--classes 80] [--repeat N]
                                   a YOLO-World v2 that reads words, with them baked in, and each folded: proof, time, share of the peak
        graft bench files FILE FILE... [imgsz=640] [--repeat N]
                                   models as they lie in their files, in turn: time and work of each; the picture is as in the first's training
        graft bench swap CONFIG [imgsz=320] [--adapters 20] [--repeat N]
                                   that many adapter files on one base: size, time of a change, answers as if each were alone
        """;

    protected override string[] Options => ["classes=", "repeat=", "adapters="];

    protected override int Run(Arguments arguments, Output output)
    {
        string what = arguments.Targets.FirstOrDefault() ?? "roofline";
        TorchRuntime.Threads = arguments.Integer("threads", Environment.ProcessorCount);
        if (what == "roofline")
        {
            double peak = Bench.Peak(40);
            output.Line($"peak {peak:f0} GFLOP/s with {TorchRuntime.Threads} threads ({TorchRuntime.Versions})");
            output.Result(new JsonObject { ["peak_gflops"] = peak, ["threads"] = TorchRuntime.Threads, ["versions"] = TorchRuntime.Versions });
            return 0;
        }

        if (what == "files" && arguments.Targets.Count > 1)
        {
            return Files([.. arguments.Targets.Skip(1)], arguments, output);
        }

        if (what is not ("infer" or "train" or "words" or "swap") || arguments.Targets.Count != 2)
        {
            throw Arguments.Wrong("graft bench takes roofline, infer CONFIG, train CONFIG, words CONFIG, files FILE... or swap CONFIG.");
        }

        RunConfig config = ConfigFinder.Load(arguments.Targets[1], arguments.Overrides).Value;
        if (what == "words")
        {
            return Words(config, arguments, output);
        }

        int classes = arguments.Integer("classes", config.Model.TextWidth is null ? config.Model.Classes : 6, 1, MostClasses), repeat = arguments.Integer("repeat", 20, 1);
        Vocabulary words = Words(classes, config.Model.TextWidth ?? 0);
        if (what == "swap")
        {
            return Swap(config, words, arguments.Integer("adapters", 20, 1, 10_000), repeat, output);
        }

        using IDetector detector = DetectorFactory.Create(config.Model.WithClasses(classes), words);
        Bench.Speed speed = what == "train" ? Bench.Train(detector, config.Train, repeat) : Bench.Infer(detector, config.Train.Imgsz, repeat);
        output.Table(
            ["", "ms", "GFLOP", "GFLOP/s", "peak", "share", "images/s"],
            [[what, $"{speed.Milliseconds:f1}", $"{speed.Gflops:f1}", $"{speed.Rate:f0}", $"{speed.Peak:f0}", $"{100 * speed.Share:f1} %", $"{speed.ImagesPerSecond:f1}"]]);
        output.Result(new JsonObject
        {
            ["peak_gflops"] = speed.Peak,
            ["gflops"] = speed.Gflops,
            ["share_of_peak"] = speed.Share,
            ["ms"] = speed.Milliseconds,
            ["images_per_second"] = speed.ImagesPerSecond,
            ["threads"] = TorchRuntime.Threads,
        });
        return 0;
    }

    private static int Words(RunConfig config, Arguments arguments, Output output)
    {
        if (config.Model is not { CanBakeVocabulary: true, TextWidth: { } width } model)
        {
            throw Arguments.Wrong("graft bench words needs a YOLO-World v2 that reads words.", "Try configs/yolo_world/v2_s.yaml.");
        }

        int classes = arguments.Integer("classes", 80, 1, MostClasses), imgsz = config.Train.Imgsz;
        Vocabulary words = Words(classes, width);
        WordsBench.Result result = WordsBench.Run(model, words, imgsz, arguments.Integer("repeat", 20, 1), output.Progress);
        output.Line($"{classes} words, {imgsz}×{imgsz}, {TorchRuntime.Threads} threads; peak {result.Forms[0].Speed.Peak:f0} GFLOP/s in the same run");
        output.Table(
            ["form", "parameters", "GFLOP", "ms", "share of peak", "largest difference", "boxes move"],
            result.Forms.Select(form => new[]
            {
                form.Name, $"{form.Parameters:n0}", $"{form.Speed.Gflops:f2}", $"{form.Speed.Milliseconds:f1}", $"{100 * form.Speed.Share:f1} %",
                form.Proof is { } proof ? $"{proof.MaxAbs:g2} ({proof.MaxRel:g2} rel.)" : "–", form.Proof is { } moved ? $"{moved.BoxesMaxPx:g2} px" : "–",
            }));
        output.Line($"Reading words costs {100 * result.TextOverhead:f1} % of the time of the same folded network with the words baked in ({result.TextGflops:f3} GFLOP).");
        output.Result(new JsonObject
        {
            ["peak_gflops"] = result.Forms[0].Speed.Peak,
            ["threads"] = TorchRuntime.Threads,
            ["text_overhead"] = result.TextOverhead,
            ["text_gflops"] = result.TextGflops,
            ["forms"] = new JsonArray([.. result.Forms.Select(form => (JsonNode)new JsonObject
            {
                ["name"] = form.Name,
                ["parameters"] = form.Parameters,
                ["gflops"] = form.Speed.Gflops,
                ["ms"] = form.Speed.Milliseconds,
                ["share_of_peak"] = form.Speed.Share,
                ["exact"] = form.Proof?.Exact,
                ["max_abs"] = form.Proof?.MaxAbs,
                ["max_rel"] = form.Proof?.MaxRel,
                ["boxes_max_px"] = form.Proof?.BoxesMaxPx,
            })]),
        });
        return 0;
    }

    private static int Files(string[] paths, Arguments arguments, Output output)
    {
        int repeat = arguments.Integer("repeat", 20, 1);
        List<TrainedModel> models = [];
        try
        {
            foreach (string path in paths)
            {
                models.Add(TrainedModel.Open(path, arguments.Overrides));
                Bench.Prepare(models[^1].Detector.Network);
            }

            int imgsz = models[0].Config.Train.Imgsz;
            _ = ModelCost.Of(imgsz, 2, [.. models.Select(model => Subject.Of(model.Detector))]);    // warm
            IReadOnlyList<ModelCost> costs = ModelCost.Of(imgsz, repeat, [.. models.Select(model => Subject.Of(model.Detector))]);
            output.Line($"{imgsz}×{imgsz}, {TorchRuntime.Threads} threads, {repeat} runs of each in turn");
            output.Table(
                ["model", "parameters", "GFLOP", "ms", "time beside the first"],
                costs.Select((cost, i) => new[]
                {
                    paths[i], $"{cost.Parameters:n0}", $"{cost.Gflops:f2}", $"{cost.Milliseconds:f1}", $"{100 * ((cost.Milliseconds / costs[0].Milliseconds) - 1):+0.0;-0.0;0.0} %",
                }));
            output.Result(new JsonObject
            {
                ["threads"] = TorchRuntime.Threads,
                ["models"] = new JsonArray([.. costs.Select((cost, i) => (JsonNode)new JsonObject
                {
                    ["file"] = paths[i],
                    ["parameters"] = cost.Parameters,
                    ["gflops"] = cost.Gflops,
                    ["ms"] = cost.Milliseconds,
                })]),
            });
            return 0;
        }
        finally
        {
            models.ForEach(model => model.Dispose());
        }
    }

    private static int Swap(RunConfig config, Vocabulary words, int adapters, int repeat, Output output)
    {
        SwapBench.Result result = SwapBench.Run(config, words, adapters, repeat);
        output.Table(
            ["adapters", "base", "one file", "all files", "change", "one picture", "in turn"],
            [[
                $"{result.Adapters}", $"{result.BaseMegabytes:f1} MB", $"{result.FileMegabytes:f2} MB", $"{result.Adapters * result.FileMegabytes:f1} MB",
                $"{result.SwapMilliseconds:f3} ms", $"{result.InferMilliseconds:f1} ms", result.Equal ? "bit for bit as alone" : "NOT as alone",
            ]]);
        output.Result(new JsonObject
        {
            ["adapters"] = result.Adapters,
            ["base_mb"] = result.BaseMegabytes,
            ["file_mb"] = result.FileMegabytes,
            ["swap_ms"] = result.SwapMilliseconds,
            ["ms"] = result.InferMilliseconds,
            ["equal"] = result.Equal,
            ["threads"] = TorchRuntime.Threads,
        });
        return result.Equal ? 0 : 1;
    }

    private static Vocabulary Words(int count, int width)
        => Vocabulary.StandIn([.. Enumerable.Range(1, count).Select(number => $"class {number}")], width);
}
