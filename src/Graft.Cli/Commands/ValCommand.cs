using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Runs;
using Graft.Runtime;

namespace Graft.Cli.Commands;

/// <summary>graft val: COCO metrics of a model, or of a result file; retention after tuning.</summary>
internal sealed class ValCommand : CliCommand
{
    private readonly PromptOptions _prompts = new();
    private readonly AdapterFileOptions _adapter = new();
    private readonly Argument<string?> _model = Define.OptionalTarget("RUN|FILE", "the model: a run folder, a weight file or an ONNX model");
    private readonly Option<string?> _data = DataChoice.Option();
    private readonly Option<string> _split = Define.Choice("--split", "which split of the data", "val", "train");
    private readonly Option<string?> _saveJson = Define.Text("--save-json", "FILE", "write the detections as a COCO result file");
    private readonly Option<string?> _before = Define.Text(
        "--before", "RUN|FILE", "the model before it was tuned: both are evaluated with its classes and prompts");
    private readonly Option<double?> _minRetention = Define.Number(
        "--min-retention", "X", "with --before: exit code 6 when retention is lower", new NumberRange(0, 1));
    private readonly Option<string?> _detections = Define.Text("--detections", "DT.json", "a COCO result file instead of a model");
    private readonly Option<string?> _annotations = Define.Text("--annotations", "GT.json", "with --detections: the COCO file with the ground truth");
    private readonly Option<bool> _pycocotoolsIds = Define.Flag(
        "--pycocotools-ids", "with --detections: a match with the annotation of id 0 counts as a miss, as in pycocotools");

    internal ValCommand()
        : base("val", "COCO metrics of a model or of a result file; retention after tuning")
        => Takes([_model, _data, _split, .. _prompts.All, _prompts.Classes, .. _adapter.All, _saveJson, _before, _minRetention, _detections, _annotations, _pycocotoolsIds]);

    internal override string SettingsName => "key=value";

    internal override IReadOnlyList<string> Forms =>
    [
        "RUN|FILE [key=value ...] [--options]",
        "RUN|FILE --before RUN|FILE [--min-retention X] [--options]",
        "--detections DT.json --annotations GT.json [--pycocotools-ids]",
    ];

    internal override string Notes => """
        With --classes the model detects other classes of the data than those that it was trained on (zero-shot); their prompts are those
        of the data, or those of --prompts (one entry per class, in label order).
        With --before both models detect the classes of the earlier one, unless others are named; retention is the mAP of the model
        divided by that of the earlier one, and the table gives the drift of each class.
        An ONNX model (.onnx) runs in ONNX Runtime, without libtorch, and needs --data; its classes are found in the data by name. --adapter
        takes an .onnx_adapter file that was exported with it; --before compares weight files only.
        """;

    internal override bool RunsInRanks => true;

    protected override bool UsesLibtorch(Arguments arguments) => arguments.Value(_model) is not { } model || !OnnxTarget.Is(model);

    protected override int Run(Arguments arguments, Output output)
    {
        if (arguments.Has(_minRetention) && !arguments.Has(_before))
        {
            throw Arguments.Wrong("--min-retention needs --before: the model to compare with.");
        }

        if (arguments.Value(_detections) is { } detections)
        {
            CocoResultCheck check = CocoResultCheck.OfFiles(detections, arguments.Required(_annotations));
            output.Notes(check.Remarks);
            Show(check.Evaluate(arguments.Value(_pycocotoolsIds)), output);
            return 0;
        }

        string target = arguments.Required(_model);
        if (OnnxTarget.Is(target))
        {
            if (Group is not null)
            {
                throw Arguments.Wrong($"{target} is evaluated by one process; several share the images of a weight file.", "Start it without graft launch, or evaluate the weights that it was exported from.");
            }

            return RunOnnx(target, arguments, output);
        }

        PromptRequest prompts = _prompts.Request(arguments, DataChoice.Settings(arguments, _data));
        if (arguments.Value(_before) is { } before)
        {
            return Retained(before, target, prompts, arguments, output);
        }

        Vocabulary? vocabulary = ModelPrompts.OfClasses(target, prompts, Split(arguments));
        using TrainedModel model = Open(target, prompts, vocabulary, output);
        _adapter.Apply(model, arguments, keepPrompts: vocabulary is not null);
        EvaluationResult result = Evaluate(model, arguments, output);
        Save(result, arguments);
        Show(result.Scores, output);
        return 0;
    }

    private int RunOnnx(string target, Arguments arguments, Output output)
    {
        OnnxTarget.Refuse(arguments, target, [_prompts.Embeddings, _prompts.Config, _prompts.Classes, .. _adapter.ForNetworks, _before]);
        DataOptions where = new()
        {
            Root = arguments.Value(_data) ?? throw Arguments.Wrong(
                $"--data is missing: {target} does not say which data it was trained on.", "Add --data DATA: a YOLO data.yaml, a folder with COCO files, or a COCO file."),
        };
        using OnnxModel model = OnnxModel.Open(target, new OnnxDetectorOptions { Threads = Threads(arguments) ?? 0 });
        _prompts.Apply(model, arguments, output);
        _adapter.Apply(model, arguments);
        output.Notes(model.Notes);
        DetectionDataset data = OnnxEvaluation.Open(model, where, Split(arguments));
        EvaluationResult result = Track(target, data, progress => OnnxEvaluation.Run(model, data, progress), output);
        new DataRemarks(output, new DataOptions()).Print(Split(arguments).ToString().ToLowerInvariant(), data);
        Save(result, arguments);
        Show(result.Scores, output);
        return 0;
    }

    private static EvaluationResult Track(string target, DetectionDataset data, Func<Action<int>, EvaluationResult> evaluate, Output output)
    {
        output.Line($"{target}: {data}");
        return output.Track(progress => evaluate(done => progress((double)done / data.Images.Count, $"{done}/{Counted.Of(data.Images.Count, "image")}")));
    }

    private static void Show(CocoScores scores, Output output)
    {
        ScoreOutput.Print(scores, output);
        output.Result(JsonSerializer.SerializeToNode(scores)!.AsObject());
    }

    private int Retained(string source, string target, PromptRequest prompts, Arguments arguments, Output output)
    {
        RetentionMeasurement measured = RetentionMeasurement.Run(
            vocabulary => Open(source, prompts, vocabulary, output),
            vocabulary => Adapted(Open(target, prompts, vocabulary, output), arguments),
            model => Evaluate(model, arguments, output),
            ModelPrompts.OfClasses(source, prompts, Split(arguments)));
        Save(measured.After, arguments);
        Retention retention = measured.Compare();
        ScoreOutput.Print(retention, output);
        JsonObject result = JsonSerializer.SerializeToNode(measured.After.Scores)!.AsObject();
        retention.AddTo(result);
        output.Result(result);
        if (arguments.Value(_minRetention) is not { } least || retention.Figure >= least)
        {
            return 0;
        }

        output.Note($"graft: {target} retains {retention.Figure:p1} of the mAP of {source}; --min-retention requires {least:p1}.");
        return (int)Failure.Refused;
    }

    private static TrainedModel Open(string target, PromptRequest prompts, Vocabulary? vocabulary, Output output)
    {
        TrainedModel model = TrainedModel.Open(target, prompts.Settings, vocabulary, prompts.Config);
        output.Notes(model.Vocabulary.Notes);
        return model;
    }

    /// <summary>The model with the adapter file of the command line active; the prompts are kept.</summary>
    private TrainedModel Adapted(TrainedModel model, Arguments arguments)
    {
        try
        {
            _adapter.Apply(model, arguments, keepPrompts: true);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private EvaluationResult Evaluate(TrainedModel model, Arguments arguments, Output output)
    {
        DataSplit split = Split(arguments);
        DetectionDataset data = ModelEvaluation.Open(model, split);
        EvaluationResult result = Track(model.Path, data, progress => ModelEvaluation.Run(model, data, progress, Group), output);
        bool selected = arguments.Has(_prompts.Classes) || arguments.Has(_before);
        new DataRemarks(output, selected ? new DataOptions { Classes = model.Vocabulary.Names } : new DataOptions()).Print(split.ToString().ToLowerInvariant(), data);
        return result;
    }

    private void Save(EvaluationResult result, Arguments arguments)
    {
        if (Group is not { Leads: false } && arguments.Value(_saveJson) is { } path)
        {
            CocoResultFile.Write(path, result.Results);
        }
    }

    private DataSplit Split(Arguments arguments) => arguments.Value(_split) == "train" ? DataSplit.Train : DataSplit.Val;
}
