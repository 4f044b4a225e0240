using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.VisionLanguage;

namespace Graft.Cli.Commands;

/// <summary>graft vlm eval MODEL CSV: predictions as CSV, BLEU-4, METEOR and ROUGE-L as JSON.</summary>
internal sealed class VlmEvalCommand : CliCommand
{
    private readonly OpeningOptions _opening = new();
    private readonly ViewOptions _views = new();
    private readonly TextOptions _text = new();
    private readonly GeneratingOptions _generation = new();
    private readonly Argument<string> _model = Define.Target("MODEL", VlmCommands.Model);
    private readonly Argument<string> _csv = Define.Target("CSV", "a table with the columns url, query, annotation; or url, instruction, response");
    private readonly Option<string> _out = Define.Required("--out", "PREFIX", "PREFIX_predictions.csv and PREFIX_metrics.json are written");

    internal VlmEvalCommand()
        : base("eval", "predictions as CSV, BLEU-4, METEOR and ROUGE-L as JSON")
        => Takes([_model, _csv, _out, .. _generation.All, .. _views.All, .. _text.All, .. _opening.All]);

    protected override int Run(Arguments arguments, Output output)
    {
        string prefix = arguments.Value(_out)!;
        GenerationOptions generation = _generation.Read(arguments, arguments.Value(Common.Seed));
        using PanoramaModel opened = _opening.Open(arguments.Value(_model)!, arguments, output);
        PanoramaDescriber describer = _text.Describer(opened, _views.Read(arguments), arguments);
        PanoramaScores scores = output.Track(progress => PanoramaEvaluation.Run(describer, arguments.Value(_csv)!, prefix, generation,
            (done, of) => progress((double)done / of, $"{done} of {Counted.Of(of, "row")}")));
        output.Table(["rows", "scored", "empty", "no reference", "errors", "BLEU-4", "METEOR", "ROUGE-L"],
            [[$"{scores.Samples}", $"{scores.Scored}", $"{scores.Empty}", $"{scores.WithoutReference}", $"{scores.Errors.Count}",
                $"{scores.Bleu4:f4}", $"{scores.Meteor:f4}", $"{scores.RougeL:f4}"]]);
        foreach (PanoramaError error in scores.Errors)
        {
            output.Note($"line {error.Row}: {error.Message}");
        }

        JsonObject result = new() { ["predictions"] = PanoramaEvaluation.PredictionsFile(prefix), ["metrics"] = PanoramaEvaluation.MetricsFile(prefix) };
        foreach ((string name, JsonNode? value) in scores.ToJson())
        {
            result[name] = value?.DeepClone();
        }

        result["check"] = opened.Check.ToJson();
        output.Result(result);
        return scores.Errors.Count == scores.Samples ? (int)Failure.Data : 0;
    }
}
