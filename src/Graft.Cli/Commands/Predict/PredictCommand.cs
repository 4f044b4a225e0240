using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Detectors;
using Graft.Runs;
using Graft.Runtime;

namespace Graft.Cli.Commands;

/// <summary>graft predict: images with boxes, and boxes as data.</summary>
internal sealed class PredictCommand : CliCommand
{
    private readonly PromptOptions _prompts = new();
    private readonly AdapterFileOptions _adapter = new();
    private readonly Argument<string> _model = Define.Target("RUN|FILE", "the model: a run folder, a weight file or an ONNX model");
    private readonly Argument<string[]> _inputs = Define.Targets("IMAGE|DIR|VIDEO", "images and videos; folders with their sub-folders");
    private readonly Option<double?> _conf = Define.Number(
        "--conf", "X", $"lowest score of a detection, {PredictionRequest.DefaultScore} without it", new NumberRange(0, 1));
    private readonly Option<double?> _iou = Define.Number(
        "--iou", "X", "IoU above which the box with the lower score is suppressed, per class", new NumberRange(0, 1));
    private readonly Option<int?> _imgsz = Define.Integer(
        "--imgsz", "N", "side of the square that an image is scaled to", new NumberRange(32, 8192, Multiple: 32));
    private readonly Option<string?> _out = Define.Text("--out", "DIR", "folder of the results; runs/detect/predict, numbered, without it");

    internal PredictCommand()
        : base("predict", "detect objects in images, folders and videos")
        => Takes([_model, _inputs, _conf, _iou, _imgsz, _out, .. _prompts.All, .. _adapter.All]);

    internal override string SettingsName => "key=value";

    internal override string Notes => """
        Writes each image (.jpg) and video (.mp4) with its boxes to --out and, with --json, all boxes as data. Each input has a separate
        result: sub-folders of DIR are kept; a name that is taken keeps its extension (001.png.jpg) or gets a number (001-2.jpg). Earlier
        results of the same name in --out are replaced, inputs never; where --out lies in DIR, it is skipped. Inputs that cannot be read
        are skipped, named and counted; the exit code is then 3. Ctrl+C keeps the results so far.
        An ONNX model (.onnx) runs in ONNX Runtime, without libtorch. Thresholds and input size are those of the file without --conf, --iou
        and --imgsz; videos count as inputs that cannot be read. --adapter takes an .onnx_adapter file that was exported with the model.
        """;

    protected override bool UsesLibtorch(Arguments arguments) => !OnnxTarget.Is(arguments.Value(_model)!);

    protected override int Run(Arguments arguments, Output output)
    {
        string target = arguments.Value(_model)!;
        if (OnnxTarget.Is(target))
        {
            return RunOnnx(target, arguments, output);
        }

        PromptRequest prompts = _prompts.Request(arguments, arguments.Overrides);
        using TrainedModel model = TrainedModel.Open(target, arguments.Overrides, ModelPrompts.Of(target, prompts), prompts.Config);
        output.Notes(model.Vocabulary.Notes);
        _adapter.Apply(model, arguments, keepPrompts: arguments.Has(_prompts.Prompts));
        return Run(
            new PredictionRun(model, Request(arguments) with
            {
                Thresholds = Thresholds(model.Config.Predict, arguments),
                ImageSize = arguments.Value(_imgsz),
            }),
            output);
    }

    private int RunOnnx(string target, Arguments arguments, Output output)
    {
        OnnxTarget.Refuse(arguments, target, [_prompts.Embeddings, _prompts.Config, .. _adapter.ForNetworks]);
        using OnnxModel model = OpenOnnx(target, arguments);
        _prompts.Apply(model, arguments, output);
        _adapter.Apply(model, arguments);
        return Run(new PredictionRun(model, Request(arguments)), output);
    }

    private OnnxModel OpenOnnx(string target, Arguments arguments)
    {
        int? size = arguments.Value(_imgsz);
        try
        {
            return OnnxModel.Open(target, new OnnxDetectorOptions
            {
                ScoreThreshold = arguments.Value(_conf),
                IouThreshold = arguments.Value(_iou),
                InputWidth = size,
                InputHeight = size,
                Threads = Threads(arguments) ?? 0,
            });
        }
        catch (GraftException error) when (error.Failure == Failure.Usage && size is not null)
        {
            throw new GraftException(
                Failure.Usage, $"--imgsz {size} does not fit: {error.Message}", $"Leave --imgsz out, or export the model with --dynamic or --imgsz {size}.", error);
        }
    }

    private PredictionRequest Request(Arguments arguments) => new(arguments.Value(_inputs)!) { Folder = arguments.Value(_out) };

    private int Run(PredictionRun run, Output output)
    {
        output.Notes(run.Notes);
        PredictionOutput shown = new(output, run.Survey.Inputs);
        CancellationToken stop = Interruption.StopOrderly();

        // A progress bar wraps the lines above it, so only videos, which take long, show one.
        PredictionResult result = run.Survey.Videos == 0 ? run.Run(shown, stop) : output.Track(progress =>
        {
            shown.Progress = progress;
            return run.Run(shown, stop);
        });
        return Report(run, result, shown, output);
    }

    /// <summary>Thresholds of the model's configuration; its score only where the command line sets it, since the configured one is for evaluation.</summary>
    private PostProcessOptions Thresholds(PostProcessOptions model, Arguments arguments)
    {
        bool isSet = arguments.Overrides.Any(pair => pair.StartsWith("predict.score", StringComparison.Ordinal));
        PostProcessOptions thresholds = isSet ? model : PredictionRequest.DefaultThresholds(model);
        return thresholds with
        {
            ScoreThreshold = arguments.Value(_conf) ?? thresholds.ScoreThreshold,
            IouThreshold = arguments.Value(_iou) ?? thresholds.IouThreshold,
        };
    }

    private int Report(PredictionRun run, PredictionResult result, PredictionOutput shown, Output output)
    {
        JsonObject json = new() { ["out"] = result.Folder, ["images"] = shown.Images, ["failed"] = shown.Failed };
        output.Notes(result.Problems.Select(problem => problem.ToString()));
        if (result.Folder is not null && result.Done > 0)
        {
            output.Line($"Results: {result.Folder}");
        }

        if (result.Interrupted)
        {
            output.Note($"Stopped: {result.Done} of {Counted.Of(run.Survey.Images + run.Survey.Videos, "input")} are processed.");
            json["interrupted"] = true;
        }

        if (result.Error is { } error)
        {
            FailureOutput.Say(error);
            foreach ((string key, JsonNode? value) in FailureOutput.Fields(error))
            {
                json[key] = value?.DeepClone();
            }
        }

        output.Result(json);
        return result.Interrupted ? Interruption.ExitCode : (int?)result.Error?.Failure ?? 0;
    }
}
