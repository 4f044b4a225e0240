using System.Text.Json.Nodes;
using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft bench train CONFIG: whole training steps; with <c>tuning:</c> beside those of the whole network.</summary>
internal sealed class BenchTrainCommand : CliCommand
{
    private readonly BenchOptions _bench = new();

    internal BenchTrainCommand()
        : base("train", "whole training steps: forward, loss, backward, optimizer; with tuning: beside full training")
        => Takes(_bench.All);

    internal override string SettingsName => "key=value";

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        RunConfig config = _bench.Load(arguments);
        TrainBench.Result result = TrainBench.Run(config, arguments.Value(_bench.Classes), arguments.Value(_bench.Repeat));
        output.Table(
            ["", "trainable", "ms", "GFLOP", "GFLOP/s", "peak", "share", "images/s", "memory of a step", "times", "limit"],
            result.Ways.Select(way => new[]
            {
                way.Name, $"{way.Trainable:n0}", $"{way.Speed.Milliseconds:f1}", $"{way.Speed.Gflops:f1}", $"{way.Speed.Rate:f0}", $"{way.Speed.Peak:f0}",
                $"{100 * way.Speed.Share:f1} %", $"{way.Speed.ImagesPerSecond:f1}", $"{way.Megabytes:f0} MB",
                $"{result.Gain(way):f2}", $"{result.Limit(way):f2}",
            }));
        if (result.Ways.Count > 1)
        {
            output.Line("times: as fast as full training in float32; limit: if only convolutions and matrix products took time, in one precision.");
        }

        output.Result(ToJson(result));
        return 0;
    }

    private static JsonObject ToJson(TrainBench.Result result)
    {
        JsonObject json = BenchOptions.ToJson(result.Ways[^1].Speed);
        json["gain"] = result.Gain(result.Ways[^1]);
        json["limit"] = result.Limit(result.Ways[^1]);
        json["ways"] = new JsonArray([.. result.Ways.Select(way => (JsonNode)new JsonObject
        {
            ["name"] = way.Name,
            ["trainable"] = way.Trainable,
            ["ms"] = way.Speed.Milliseconds,
            ["gflops"] = way.Speed.Gflops,
            ["images_per_second"] = way.Speed.ImagesPerSecond,
            ["memory_mb"] = way.Megabytes,
            ["gain"] = result.Gain(way),
            ["limit"] = result.Limit(way),
        })]);
        return json;
    }
}
