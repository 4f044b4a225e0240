using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;

namespace Graft.Cli.Commands;

/// <summary>graft bench infer MODEL...: models in Graft's engine and in ONNX Runtime, timed in turn.</summary>
internal sealed class BenchInferCommand : CliCommand
{
    private readonly Argument<string[]> _models = Configurations.Among(
        "CONFIG|RUN|FILE", "models: a configuration (random weights), a run folder, a weight file, or an ONNX file");
    private readonly Option<int?> _classes = BenchOptions.ClassesOption();
    private readonly Option<int> _repeat = BenchOptions.RepeatOption();
    private readonly Option<string> _engine = Define.Choice("--engine", "the engines for all but ONNX files", "both", "graft", "onnx");
    private readonly Option<bool> _profile = Define.Flag("--profile", "print the time of each kind of operator");

    internal BenchInferCommand()
        : base("infer", "models in Graft's engine and in ONNX Runtime, timed in turn")
        => Takes(_models, _classes, _repeat, _engine, _profile);

    internal override string SettingsName => "key=value";

    internal override string Notes => """
        Each model is merged, baked and folded as far as that is exact, and exported; the export is verified, so both engines give the same
        outputs. Both run with the same threads on the same input, from the tensor to boxes and scores before NMS; "image to boxes" is the
        whole way from a 1280×960 image in memory to its detections. Convolutions include what is fused into them, measured in separate runs
        with a profiler; the rest is what is left of the time.
        """;

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        InferRequest request = new(arguments.Value(_models)!)
        {
            Settings = arguments.Overrides,
            Classes = arguments.Value(_classes),
            Repetitions = arguments.Value(_repeat),
            Engines = arguments.Value(_engine) switch { "graft" => InferEngines.Graft, "onnx" => InferEngines.Onnx, _ => InferEngines.Both },
        };
        InferResult result = output.Track(progress => InferBench.Run(request, text => progress(double.NaN, text)));
        output.Line($"{result.ImageSize}×{result.ImageSize}, {result.Threads} threads, {request.Repetitions} runs of each in turn; peak {result.Rows[0].Network.Peak:f0} GFLOP/s in the same run");
        output.Table(
            ["model", "engine", "ms", "relative", "GFLOP", "GFLOP/s", "share of peak", "convolutions ms", "rest ms", "image to boxes ms", "over the network ms"],
            result.Rows.Select(row => new[]
            {
                row.Model, EngineOf(row), $"{row.Network.Milliseconds:f1}", $"{row.Relative:f2}", $"{row.Network.Gflops:f2}", $"{row.Network.Rate:f0}", $"{100 * row.Network.Share:f1} %",
                $"{row.ConvolutionMilliseconds:f1}", $"{row.RestMilliseconds:f1}", Shown(row.WholeMilliseconds), Shown(row.OverheadMilliseconds),
            }));
        if (arguments.Value(_profile))
        {
            PrintProfile(result, output);
        }

        output.Result(ToJson(result));
        return 0;
    }

    private static void PrintProfile(InferResult result, Output output)
    {
        OperatorKind[] kinds = [.. Enum.GetValues<OperatorKind>().Where(kind => result.Rows.Any(row => row.Of(kind) > 0))];
        output.Table(
            ["ms of", .. result.Rows.Select(row => $"{row.Model} ({EngineOf(row)})")],
            kinds.Select(kind => (IReadOnlyList<string>)[Define.Spelled(kind).Replace('_', ' '), .. result.Rows.Select(row => $"{row.Of(kind):f2}")]));
    }

    private static string EngineOf(InferRow row) => row.Engine == InferEngines.Graft ? "Graft" : "ONNX Runtime";

    private static string Shown(double? milliseconds) => milliseconds is { } time ? $"{time:f1}" : "–";

    private static JsonObject ToJson(InferResult result)
    {
        // The fields of the first model stand at the top too, where scripts read them.
        JsonObject json = BenchOptions.ToJson(result.Rows[0].Network);
        json["imgsz"] = result.ImageSize;
        json["models"] = new JsonArray([.. result.Rows.Select(row => (JsonNode)new JsonObject
        {
            ["model"] = row.Model,
            ["engine"] = Define.Spelled(row.Engine),
            ["ms"] = row.Network.Milliseconds,
            ["relative"] = row.Relative,
            ["gflops"] = row.Network.Gflops,
            ["gflops_per_second"] = row.Network.Rate,
            ["share_of_peak"] = row.Network.Share,
            ["convolutions_ms"] = row.ConvolutionMilliseconds,
            ["rest_ms"] = row.RestMilliseconds,
            ["image_to_boxes_ms"] = row.WholeMilliseconds,
            ["overhead_ms"] = row.OverheadMilliseconds,
            ["max_abs"] = row.Proof?.MaxAbs,
            ["operators"] = new JsonArray([.. row.Operators.Select(time => (JsonNode)new JsonObject
            {
                ["name"] = time.Name,
                ["kind"] = Define.Spelled(time.Kind),
                ["calls"] = time.Calls,
                ["ms"] = time.Milliseconds,
            })]),
        })]);
        return json;
    }
}
