using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft bench files FILE FILE...: the models of weight files, timed alternating.</summary>
internal sealed class BenchFilesCommand : CliCommand
{
    private readonly Argument<string[]> _files = Define.Targets("RUN|FILE", "models; the image size is that of the first");
    private readonly Option<int> _repeat = BenchOptions.RepeatOption();

    internal BenchFilesCommand()
        : base("files", "the models of weight files: operations and time of each, measured alternating")
        => Takes(_files, _repeat);

    internal override string SettingsName => "key=value";

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        string[] paths = arguments.Value(_files)!;
        int repeat = arguments.Value(_repeat);
        FilesBench.Result result = FilesBench.Run(paths, arguments.Overrides, repeat);
        output.Line($"{result.ImageSize}×{result.ImageSize}, {TorchRuntime.Threads} threads, {repeat} alternating runs of each");
        output.Table(
            ["model", "parameters", "GFLOP", "ms", "time relative to the first"],
            result.Costs.Select((cost, i) => new[]
            {
                paths[i], $"{cost.Parameters:n0}", $"{cost.Gflops:f2}", $"{cost.Milliseconds:f1}", $"{100 * ((cost.Milliseconds / result.Costs[0].Milliseconds) - 1):+0.0;-0.0;0.0} %",
            }));
        output.Result(new JsonObject
        {
            ["threads"] = TorchRuntime.Threads,
            ["models"] = new JsonArray([.. result.Costs.Select((cost, i) => (JsonNode)new JsonObject
            {
                ["file"] = paths[i],
                ["parameters"] = cost.Parameters,
                ["gflops"] = cost.Gflops,
                ["ms"] = cost.Milliseconds,
            })]),
        });
        return 0;
    }
}
