using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Detectors;
using Graft.Imaging;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft predict: images with boxes, and boxes as data.</summary>
internal sealed class PredictCommand : CliCommand
{
    private const string Project = "runs/detect";
    private const double DefaultScore = 0.25;

    private readonly PromptOptions _prompts = new();
    private readonly AdapterFileOptions _adapter = new();
    private readonly Argument<string> _model = Define.Target("RUN|FILE", "the model: a run folder or a weight file");
    private readonly Argument<string[]> _inputs = Define.Targets("IMAGE|DIR|VIDEO", "what is searched; a folder with its sub-folders");
    private readonly Option<double?> _conf = Define.Number(
        "--conf", "X", $"lowest score of a detection, {DefaultScore} without it", new NumberRange(0, 1));
    private readonly Option<double?> _iou = Define.Number(
        "--iou", "X", "overlap above which the weaker of two boxes of a class is left out", new NumberRange(0, 1));
    private readonly Option<int?> _imgsz = Define.Integer(
        "--imgsz", "N", "side of the square that an image is scaled to", new NumberRange(32, 8192, Multiple: 32));
    private readonly Option<string?> _out = Define.Text("--out", "DIR", "where results go; runs/detect/predict, numbered, without it");

    internal PredictCommand()
        : base("predict", "detect objects in images, folders and videos")
        => Takes([_model, _inputs, _conf, _iou, _imgsz, _out, .. _prompts.All, .. _adapter.All]);

    internal override string SettingsName => "key=value";

    internal override string Notes => """
        Writes each image (.jpg) and video (.mp4) with its boxes to --out and, with --json, all boxes as data. Each input has a result of its
        own: sub-folders of DIR are kept; a name that is taken keeps its extension (001.png.jpg) or gets a number (001-2.jpg). Earlier
        results of the same name in --out are replaced, images and videos that are searched never; where --out lies in DIR, what it holds is
        not searched. Inputs that cannot be read are skipped, named and counted; the exit code is then 3. Ctrl+C keeps what is done.
        """;

    protected override int Run(Arguments arguments, Output output)
    {
        string target = arguments.Value(_model)!;
        string? folder = arguments.Value(_out);
        using Interruption stop = new();
        PromptRequest prompts = _prompts.Request(arguments, arguments.Overrides);
        using TrainedModel model = TrainedModel.Open(target, arguments.Overrides, ModelPrompts.Of(target, prompts), prompts.Config);
        output.Notes(model.Vocabulary.Notes);
        _adapter.Apply(model, arguments, keepWords: arguments.Has(_prompts.Prompts));
        bool configured = arguments.Overrides.Any(pair => pair.StartsWith("predict.score", StringComparison.Ordinal));
        PostProcessOptions options = model.Config.Predict with
        {
            ScoreThreshold = arguments.Value(_conf) ?? (configured ? model.Config.Predict.ScoreThreshold : DefaultScore),
            IouThreshold = arguments.Value(_iou) ?? model.Config.Predict.IouThreshold,
        };
        PredictionInputs inputs = new(arguments.Value(_inputs)!, folder, folder ?? Project);
        PredictionSurvey survey = inputs.Survey();
        output.Notes(survey.Notes(folder ?? Project));
        output.Notes(Fonts.Remarks(model.Vocabulary.Names));
        PredictionRun run = new(new Predictor(model.Detector, arguments.Value(_imgsz) ?? model.Config.Train.Imgsz, options), model.Vocabulary.Names, model.Config.Data.Reading(), folder, output);
        GraftException? end = run.Search(inputs, survey, stop);
        JsonObject result = new() { ["out"] = run.Folder, ["images"] = run.Images, ["failed"] = run.Failed };
        output.Notes(run.Problems.List().Select(problem => problem.ToString()));
        if (run.Folder is not null && run.Done > 0)
        {
            output.Line($"Results: {run.Folder}");
        }

        if (stop.Asked)
        {
            output.Note($"Stopped: {run.Done} of {Counted.Of(survey.Images + survey.Videos, "input")} are done.");
            result["interrupted"] = true;
        }

        if (end is not null)
        {
            FailureOutput.Say(end);
            foreach ((string key, JsonNode? value) in FailureOutput.Fields(end))
            {
                result[key] = value?.DeepClone();
            }
        }

        output.Result(result);
        return stop.Asked ? stop.ExitCode : end is null ? 0 : (int)end.Failure;
    }
}
