using System.Text.Json.Nodes;
using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft bench roofline: the convolution peak of this machine.</summary>
internal sealed class BenchRooflineCommand : CliCommand
{
    private const int Repetitions = 40;

    internal BenchRooflineCommand()
        : base("roofline", "the convolution peak alone")
        => Takes();

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        double peak = Bench.Peak(Repetitions);
        output.Line($"peak {peak:f0} GFLOP/s with {TorchRuntime.Threads} threads ({TorchRuntime.Versions})");
        output.Result(new JsonObject { ["peak_gflops"] = peak, ["threads"] = TorchRuntime.Threads, ["versions"] = TorchRuntime.Versions });
        return 0;
    }
}
