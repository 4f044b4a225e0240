using System.Text.Json.Nodes;
using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Runs;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft bench infer CONFIG: one image through the deployed form of a network; graft bench train CONFIG: whole training steps.</summary>
internal sealed class BenchSpeedCommand : CliCommand
{
    private readonly BenchOptions _bench = new();
    private readonly Func<RunConfig, int?, int, Bench.Speed> _measure;

    private BenchSpeedCommand(string name, string description, Func<RunConfig, int?, int, Bench.Speed> measure)
        : base(name, description)
    {
        _measure = measure;
        Takes(_bench.All);
    }

    internal override string SettingsName => "key=value";

    protected override bool UsesAllProcessors => true;

    internal static BenchSpeedCommand Infer() => new("infer", "one image through a network with its norms folded", Bench.Infer);

    internal static BenchSpeedCommand Train() => new("train", "whole training steps: forward, loss, backward, optimizer", Bench.Train);

    protected override int Run(Arguments arguments, Output output)
    {
        Bench.Speed speed = _measure(_bench.Load(arguments), arguments.Value(_bench.Classes), arguments.Value(_bench.Repeat));
        output.Table(
            ["", "ms", "GFLOP", "GFLOP/s", "peak", "share", "images/s"],
            [[Name, $"{speed.Milliseconds:f1}", $"{speed.Gflops:f1}", $"{speed.Rate:f0}", $"{speed.Peak:f0}", $"{100 * speed.Share:f1} %", $"{speed.ImagesPerSecond:f1}"]]);
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
}
