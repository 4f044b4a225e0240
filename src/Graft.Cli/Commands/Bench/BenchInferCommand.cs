using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Detectors;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Cli.Commands;

/// <summary>graft bench infer CONFIG: one image through the deployed form of a network.</summary>
internal sealed class BenchInferCommand : CliCommand
{
    private readonly BenchOptions _bench = new();

    internal BenchInferCommand()
        : base("infer", "one image through a network with its norms folded")
        => Takes(_bench.All);

    internal override string SettingsName => "key=value";

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        RunConfig config = _bench.Load(arguments);
        int classes = _bench.Count(arguments, config);
        using IDetector detector = DetectorFactory.Create(DetectorFactory.WithClasses(config.Model, classes), BenchOptions.Words(classes, config));
        SpeedOutput.Print("infer", Infer(detector, config.Train.Imgsz, arguments.Value(_bench.Repeat)), output);
        return 0;
    }

    /// <summary>Times the form that is delivered: norms folded, nothing that only training needs.</summary>
    private static Bench.Speed Infer(IDetector detector, int imgsz, int repeat)
    {
        switch (detector)
        {
            case YoloWorldDetector world:
                using (YoloWorld folded = FoldNorms.Of(world.World))
                {
                    Prepare(folded);
                    return Bench.Infer(image => folded.Forward(image, world.Text), imgsz, repeat);
                }

            case YoloV10Detector ten:
                using (YoloV10 deployed = Deployment.Of(ten.V10))
                {
                    Prepare(deployed);
                    return Bench.Infer(image => deployed.ForwardOneToOne(image), imgsz, repeat);
                }

            default:
                throw new GraftException(Failure.Usage, "This network cannot be timed yet.");
        }
    }

    /// <summary>Channels-last, frozen, in evaluation mode.</summary>
    internal static void Prepare(Module network)
    {
        network.To(MemoryFormat.ChannelsLast);
        network.Train(false);
        network.Freeze();
    }
}
