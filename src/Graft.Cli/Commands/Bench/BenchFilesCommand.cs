using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft bench files FILE FILE...: models as they lie in their files, timed in turn.</summary>
internal sealed class BenchFilesCommand : CliCommand
{
    private const int WarmUps = 2;

    private readonly Argument<string[]> _files = Define.Targets("RUN|FILE", "models; the image size is that of the first");
    private readonly Option<int> _repeat = BenchOptions.RepeatOption();

    internal BenchFilesCommand()
        : base("files", "models as they lie in their files, in turn: time and work of each")
        => Takes(_files, _repeat);

    internal override string SettingsName => "key=value";

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        string[] paths = arguments.Value(_files)!;
        int repeat = arguments.Value(_repeat);
        List<TrainedModel> models = [];
        try
        {
            foreach (string path in paths)
            {
                models.Add(TrainedModel.Open(path, arguments.Overrides));
                Bench.Prepare(models[^1].Detector.Network);
            }

            int imgsz = models[0].Config.Train.Imgsz;
            _ = ModelCost.Of(imgsz, WarmUps, [.. models.Select(model => Subject.Of(model.Detector))]);
            Show(paths, ModelCost.Of(imgsz, repeat, [.. models.Select(model => Subject.Of(model.Detector))]), imgsz, repeat, output);
            return 0;
        }
        finally
        {
            models.ForEach(model => model.Dispose());
        }
    }

    private static void Show(string[] paths, IReadOnlyList<ModelCost> costs, int imgsz, int repeat, Output output)
    {
        output.Line($"{imgsz}×{imgsz}, {TorchRuntime.Threads} threads, {repeat} runs of each in turn");
        output.Table(
            ["model", "parameters", "GFLOP", "ms", "time beside the first"],
            costs.Select((cost, i) => new[]
            {
                paths[i], $"{cost.Parameters:n0}", $"{cost.Gflops:f2}", $"{cost.Milliseconds:f1}", $"{100 * ((cost.Milliseconds / costs[0].Milliseconds) - 1):+0.0;-0.0;0.0} %",
            }));
        output.Result(new JsonObject
        {
            ["threads"] = TorchRuntime.Threads,
            ["models"] = new JsonArray([.. costs.Select((cost, i) => (JsonNode)new JsonObject
            {
                ["file"] = paths[i],
                ["parameters"] = cost.Parameters,
                ["gflops"] = cost.Gflops,
                ["ms"] = cost.Milliseconds,
            })]),
        });
    }
}
