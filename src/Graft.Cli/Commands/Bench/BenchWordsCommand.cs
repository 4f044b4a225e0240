using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Runs;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft bench words CONFIG: the cost of the text input of a YOLO-World v2, compared with its baked forms.</summary>
internal sealed class BenchWordsCommand : CliCommand
{
    private readonly BenchOptions _bench = new();

    internal BenchWordsCommand()
        : base("words", "a YOLO-World v2 with a text input, with it baked in, and each folded: proof, time, share of the peak")
        => Takes(_bench.All);

    internal override string SettingsName => "key=value";

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        RunConfig config = _bench.Load(arguments);
        int imgsz = config.Train.Imgsz;
        WordsBench.Result result = output.Track(progress => WordsBench.Run(
            config, arguments.Value(_bench.Classes), arguments.Value(_bench.Repeat), text => progress(double.NaN, text)));
        output.Line($"{Counted.Of(result.Classes, "class")}, {imgsz}×{imgsz}, {TorchRuntime.Threads} threads; peak {result.Forms[0].Speed.Peak:f0} GFLOP/s in the same run");
        output.Table(
            ["form", "parameters", "GFLOP", "ms", "share of peak", "largest difference", "boxes move"],
            result.Forms.Select(form => new[]
            {
                form.Name, $"{form.Parameters:n0}", $"{form.Speed.Gflops:f2}", $"{form.Speed.Milliseconds:f1}", $"{100 * form.Speed.Share:f1} %",
                form.Proof is { } proof ? $"{proof.MaxAbs:g2} ({proof.MaxRel:g2} rel.)" : "–", form.Proof is { } moved ? $"{moved.BoxesMaxPx:g2} px" : "–",
            }));
        output.Line($"The text input costs {100 * result.TextOverhead:f1} % of the time of the same folded network with the prompts baked in ({result.TextGflops:f3} GFLOP).");
        output.Result(ToJson(result));
        return 0;
    }

    private static JsonObject ToJson(WordsBench.Result result) => new()
    {
        ["peak_gflops"] = result.Forms[0].Speed.Peak,
        ["threads"] = TorchRuntime.Threads,
        ["text_overhead"] = result.TextOverhead,
        ["text_gflops"] = result.TextGflops,
        ["forms"] = new JsonArray([.. result.Forms.Select(form => (JsonNode)new JsonObject
        {
            ["name"] = form.Name,
            ["parameters"] = form.Parameters,
            ["gflops"] = form.Speed.Gflops,
            ["ms"] = form.Speed.Milliseconds,
            ["share_of_peak"] = form.Speed.Share,
            ["exact"] = form.Proof?.Exact,
            ["max_abs"] = form.Proof?.MaxAbs,
            ["max_rel"] = form.Proof?.MaxRel,
            ["boxes_max_px"] = form.Proof?.BoxesMaxPx,
        })]),
    };
}
