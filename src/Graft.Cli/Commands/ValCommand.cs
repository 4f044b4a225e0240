using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft val: COCO metrics of a model, or of a result file; what a tuned model keeps of its base.</summary>
internal sealed class ValCommand : CliCommand
{
    private readonly PromptOptions _prompts = new();
    private readonly AdapterFileOptions _adapter = new();
    private readonly Argument<string?> _model = Define.OptionalTarget("RUN|FILE", "the model: a run folder or a weight file");
    private readonly Option<string?> _data = DataChoice.Option();
    private readonly Option<string> _split = Define.Choice("--split", "which split of the data", "val", "train");
    private readonly Option<string?> _saveJson = Define.Text("--save-json", "FILE", "write the detections as a COCO result file");
    private readonly Option<string?> _before = Define.Text(
        "--before", "RUN|FILE", "the model before it was tuned: its classes and prompts are asked of both");
    private readonly Option<double?> _minRetention = Define.Number(
        "--min-retention", "X", "with --before: exit code 6 when less of the mAP is kept", new NumberRange(0, 1));
    private readonly Option<string?> _detections = Define.Text("--detections", "DT.json", "a COCO result file instead of a model");
    private readonly Option<string?> _annotations = Define.Text("--annotations", "GT.json", "with --detections: the COCO file with the ground truth");
    private readonly Option<bool> _pycocotoolsIds = Define.Flag(
        "--pycocotools-ids", "with --detections: a match with the annotation of id 0 counts as a miss, as in pycocotools");

    internal ValCommand()
        : base("val", "COCO metrics of a model or of a result file; what tuning kept")
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
        With --before both models detect the classes of the earlier one, unless others are named: retention is the mAP of the model
        divided by that of the earlier one, and the table gives the drift of each class.
        """;

    protected override int Run(Arguments arguments, Output output)
    {
        if (arguments.Has(_minRetention) && !arguments.Has(_before))
        {
            throw Arguments.Wrong("--min-retention needs --before: the model to compare with.");
        }

        if (arguments.Value(_detections) is { } detections)
        {
            Show(OfFiles(detections, arguments.Required(_annotations), arguments, output), output);
            return 0;
        }

        List<string> overrides = DataChoice.Settings(arguments, _data);
        string target = arguments.Required(_model);
        if (arguments.Value(_before) is { } before)
        {
            return Kept(before, target, overrides, arguments, output);
        }

        Show(Plain(target, overrides, arguments, output), output);
        return 0;
    }

    private static void Show(CocoScores scores, Output output)
    {
        ScoreOutput.Print(scores, output);
        output.Result(JsonSerializer.SerializeToNode(scores)!.AsObject());
    }

    private CocoScores OfFiles(string detections, string annotations, Arguments arguments, Output output)
    {
        CocoFile truth = CocoFile.Read(annotations);
        CocoResultCheck check = CocoResultCheck.Of(detections, CocoResultFile.Read(detections), truth);
        output.Notes(check.Remarks);
        try
        {
            return CocoEvaluator.Evaluate(CocoGroundTruth.From(truth), check.Results, arguments.Value(_pycocotoolsIds));
        }
        catch (GraftException error) when (error.Failure == Failure.Data)
        {
            throw new GraftException(Failure.Data, $"{detections}: {error.Message}", error.Hint, error);
        }
    }

    private CocoScores Plain(string target, List<string> overrides, Arguments arguments, Output output)
    {
        Vocabulary? words = _prompts.OfClasses(target, overrides, Split(arguments), arguments);
        using TrainedModel model = Open(target, overrides, words, arguments, output);
        _adapter.Apply(model, arguments, keepWords: words is not null);
        return Score(model, arguments, output, saves: true);
    }

    /// <summary>Measures the model from before, then the present one, with the same prompts on the same images.</summary>
    private int Kept(string source, string target, List<string> overrides, Arguments arguments, Output output)
    {
        double least = arguments.Value(_minRetention) ?? double.NegativeInfinity;
        Vocabulary? words = _prompts.OfClasses(source, overrides, Split(arguments), arguments);
        CocoScores before, after;
        using (TrainedModel model = Open(source, overrides, words, arguments, output))
        {
            before = Score(model, arguments, output, saves: false);
            words ??= model.Vocabulary.Embeddings is null ? null : model.Vocabulary;
        }

        using (TrainedModel model = Open(target, overrides, words, arguments, output))
        {
            _adapter.Apply(model, arguments, keepWords: true);
            after = Score(model, arguments, output, saves: true);
        }

        Retention retention = Retention.Between(before, after);
        ScoreOutput.Print(retention, output);
        JsonObject result = JsonSerializer.SerializeToNode(after)!.AsObject();
        retention.AddTo(result);
        output.Result(result);
        if (retention.Figure >= least)
        {
            return 0;
        }

        output.Note($"graft: {target} keeps {retention.Figure:p1} of the mAP of {source}; --min-retention asks for {least:p1}.");
        return (int)Failure.Refused;
    }

    private TrainedModel Open(string target, List<string> overrides, Vocabulary? words, Arguments arguments, Output output)
    {
        TrainedModel model = TrainedModel.Open(target, overrides, words, arguments.Value(_prompts.Config));
        output.Notes(model.Vocabulary.Notes);
        return model;
    }

    private CocoScores Score(TrainedModel model, Arguments arguments, Output output, bool saves)
    {
        DetectionDataset set = DetectionData.OpenSplit(model.Config.Data with { Classes = [] }, Split(arguments), model.Vocabulary.Names);
        set.RequireObjects(forTraining: false);
        output.Line($"{model.Path}: {set}");
        using DetectorEvaluation evaluation = new(set, model.Config.Train.Imgsz, model.Config.Predict);
        EvaluationResult result = output.Track(progress => evaluation.Run(
            model.Detector, done => progress((double)done / set.Images.Count, $"{done}/{Counted.Of(set.Images.Count, "image")}")));
        bool selected = arguments.Has(_prompts.Classes) || arguments.Has(_before);
        new DataRemarks(output, selected ? new DataOptions { Classes = model.Vocabulary.Names } : new DataOptions()).Say(Split(arguments).ToString().ToLowerInvariant(), set);

        if (saves && arguments.Value(_saveJson) is { } resultFile)
        {
            CocoResultFile.Write(resultFile, result.Results);
        }

        return result.Scores;
    }

    private DataSplit Split(Arguments arguments) => arguments.Value(_split) == "train" ? DataSplit.Train : DataSplit.Val;
}
