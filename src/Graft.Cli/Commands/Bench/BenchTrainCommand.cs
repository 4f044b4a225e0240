using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;

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
        Bench.Speed speed = Bench.Train(_bench.Load(arguments), arguments.Value(_bench.Classes), arguments.Value(_bench.Repeat));
        output.Table(
            ["", "ms", "GFLOP", "GFLOP/s", "peak", "share", "images/s"],
            [[Name, $"{speed.Milliseconds:f1}", $"{speed.Gflops:f1}", $"{speed.Rate:f0}", $"{speed.Peak:f0}", $"{100 * speed.Share:f1} %", $"{speed.ImagesPerSecond:f1}"]]);
        output.Result(BenchOptions.ToJson(speed));
        return 0;
    }
}
