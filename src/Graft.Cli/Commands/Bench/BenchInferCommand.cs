using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Detectors;
using Graft.Runs;

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
        using IDetector detector = DetectorFactory.Create(config.Model.WithClasses(classes), BenchOptions.Words(classes, config));
        SpeedOutput.Print("infer", Bench.Infer(detector, config.Train.Imgsz, arguments.Value(_bench.Repeat)), output);
        return 0;
    }
}
