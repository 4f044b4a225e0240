using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Detectors;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft bench train CONFIG: whole training steps.</summary>
internal sealed class BenchTrainCommand : CliCommand
{
    private readonly BenchOptions _bench = new();

    internal BenchTrainCommand()
        : base("train", "whole training steps: forward, loss, backward, optimizer")
        => Takes(_bench.All);

    internal override string SettingsName => "key=value";

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        RunConfig config = _bench.Load(arguments);
        int classes = _bench.Count(arguments, config);
        using IDetector detector = DetectorFactory.Create(config.Model.WithClasses(classes), BenchOptions.Words(classes, config));
        SpeedOutput.Print("train", Bench.Train(detector, config.Train, arguments.Value(_bench.Repeat)), output);
        return 0;
    }
}
