using System.Text.Json.Nodes;
using Graft.Detection;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Cli.Commands;

/// <summary>graft bench: speed as a share of the convolution peak measured in the same run.</summary>
internal sealed class BenchCommand : Command
{
    internal override string Name => "bench";

    internal override string Summary => "speed as a share of this machine's convolution peak";

    internal override string Usage => """
        graft bench roofline
        graft bench infer CONFIG [imgsz=640] [--classes N] [--repeat N]
        graft bench train CONFIG [imgsz=320 batch=8] [--classes N] [--repeat N]
        """;

    protected override string[] Options => ["classes=", "repeat="];

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

        if (what is not ("infer" or "train") || arguments.Targets.Count != 2)
        {
            throw Arguments.Wrong("graft bench takes roofline, infer CONFIG or train CONFIG.");
        }

        RunConfig config = ConfigFinder.Load(arguments.Targets[1], arguments.Overrides).Value;
        int classes = arguments.Integer("classes", config.Model is YoloV10Options ten ? ten.Nc : 6), repeat = arguments.Integer("repeat", 20);
        string[] names = [.. Enumerable.Range(1, classes).Select(number => $"class {number}")];
        int width = config.Model is YoloWorldOptions world ? world.TextDim : 0;
        using IDetector detector = Detectors.Create(Detectors.WithClasses(config.Model, classes), Vocabulary.StandIn(names, width));
        Bench.Speed speed = what == "train" ? Bench.Train(detector, config.Train, repeat) : Infer(detector, config.Train.Imgsz, repeat);
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

    /// <summary>Times the form that is delivered: normalisations folded, nothing that only training needs.</summary>
    private static Bench.Speed Infer(IDetector detector, int imgsz, int repeat)
    {
        switch (detector)
        {
            case YoloWorldDetector world:
                using (YoloWorld folded = FoldNorms.Of(world.World))
                {
                    Ready(folded);
                    return Bench.Infer(image => folded.Forward(image, world.Text), imgsz, repeat);
                }

            case YoloV10Detector ten:
                using (YoloV10 deployed = Deployment.Of(ten.V10))
                {
                    Ready(deployed);
                    return Bench.Infer(image => deployed.ForwardOneToOne(image), imgsz, repeat);
                }

            default:
                throw new GraftException(Failure.Usage, "This network cannot be timed yet.");
        }
    }

    private static void Ready(Module network)
    {
        network.To(MemoryFormat.ChannelsLast);
        network.Train(false);
        network.Freeze();
    }
}
