using System.Text.Json.Nodes;
using Graft.Detectors;
using Graft.Imaging;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft predict: images with boxes, and boxes as data.</summary>
internal sealed class PredictCommand : Command
{
    private const string Project = "runs/detect";

    internal override string Name => "predict";

    internal override string Summary => "find boxes in images, folders and videos";

    internal override string Usage => """
        graft predict RUN|FILE IMAGE|DIR|VIDEO... [--prompts "a,b"|FILE.json --embeddings FILE.npy] [--conf 0.25] [--iou 0.7] [--imgsz 640]
                      [--out DIR] [--config CONFIG] [--adapter FILE] [--strength 1]

        Writes each image (.jpg) and video (.mp4) with its boxes to --out (runs/detect/predict) and, with --json, all boxes as data.
        Each input has a result of its own: sub-folders of DIR are kept; a name that is taken keeps its extension (001.png.jpg) or gets a
        number (001-2.jpg). Earlier results of the same name in --out are replaced, images and videos that are searched never; where --out
        lies in DIR, what it holds is not searched. Inputs that cannot be read are skipped, named and counted; the
        exit code is then 3. Ctrl+C keeps what is done.
        """;

    protected override string[] Options => ["prompts=", "embeddings=", "text-model=", "vocabulary=", "conf=", "iou=", "out=", "config=", "imgsz=", .. AdapterChoice.Options];

    protected override int Run(Arguments arguments, Output output)
    {
        if (arguments.Targets.Count < 2)
        {
            throw Arguments.Wrong("A model (RUN or FILE) and at least one image, folder or video are expected.");
        }

        double? score = arguments.Has("conf") ? arguments.Number("conf", 0, 0, 1) : null, iou = arguments.Has("iou") ? arguments.Number("iou", 0, 0, 1) : null;
        int? side = arguments.Has("imgsz") ? arguments.Integer("imgsz", 0, 32, 8192, multiple: 32) : null;
        string[] targets = [.. arguments.Targets.Skip(1)];
        string? folder = arguments.Value("out");
        using Interruption stop = new();
        using TrainedModel model = TrainedModel.Open(arguments.Targets[0], arguments.Overrides, WordOptions.Of(arguments, arguments.Targets[0]), arguments.Value("config"));
        output.Notes(model.Vocabulary.Notes);
        AdapterChoice.Apply(model, arguments, keepWords: arguments.Has("prompts"));
        bool configured = arguments.Overrides.Any(pair => pair.StartsWith("predict.score", StringComparison.Ordinal));
        PostProcessOptions options = model.Config.Predict with
        {
            ScoreThreshold = score ?? (configured ? model.Config.Predict.ScoreThreshold : 0.25),
            IouThreshold = iou ?? model.Config.Predict.IouThreshold,
        };
        PredictionInputs inputs = new(targets, folder, folder ?? Project);
        PredictionSurvey survey = inputs.Survey();
        output.Notes(survey.Notes(folder ?? Project));
        output.Notes(Fonts.Remarks(model.Vocabulary.Names));
        PredictionRun run = new(new Predictor(model.Detector, side ?? model.Config.Train.Imgsz, options), model.Vocabulary.Names, model.Config.Data.Reading(), folder, output);
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
