using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft bench swap CONFIG: many adapter files on one base.</summary>
internal sealed class BenchSwapCommand : CliCommand
{
    private const int MostAdapters = 10_000;

    private readonly BenchOptions _bench = new();
    private readonly Option<int> _adapters = Define.Integer("--adapters", "N", "adapter files", new NumberRange(1, MostAdapters), 20);

    internal BenchSwapCommand()
        : base("swap", "many adapter files on one base: size, time of a switch, and whether the outputs of each equal those of it alone")
        => Takes([.. _bench.All, _adapters]);

    internal override string SettingsName => "key=value";

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        SwapBench.Result result = SwapBench.Run(
            _bench.Load(arguments), arguments.Value(_bench.Classes), arguments.Value(_adapters), arguments.Value(_bench.Repeat));
        output.Table(
            ["adapters", "base", "one file", "all files", "switch", "one image", "outputs"],
            [[
                $"{result.Adapters}", $"{result.BaseMegabytes:f1} MB", $"{result.FileMegabytes:f2} MB", $"{result.Adapters * result.FileMegabytes:f1} MB",
                $"{result.SwapMilliseconds:f3} ms", $"{result.InferMilliseconds:f1} ms", result.Equal ? "bit for bit as alone" : "DIFFER from alone",
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
        return result.Equal ? 0 : (int)Failure.Runtime;
    }
}
