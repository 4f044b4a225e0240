using System.Text.Json;
using System.Text.Json.Nodes;
using Graft.Cli.Rendering;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft val: COCO numbers of a model, or of a result file; what a tuned model has kept of its base.</summary>
internal sealed class ValCommand : Command
{
    internal override string Name => "val";

    internal override string Summary => "COCO metrics of a model or of a result file; what tuning kept";

    internal override string Usage => """
        graft val RUN|FILE [--data DATA] [--classes "a,b"] [--prompts EMB.npy|CLASSES.json|"a,b" [--text-model DIR]]
                           [--config CONFIG] [--split val|train] [--save-json FILE] [--adapter FILE] [--strength 1]
        graft val RUN|FILE --before RUN|FILE [--min-retention 0.9] [--data DATA] [--classes "a,b"] [--prompts ...]
        graft val --detections DT.json --annotations GT.json [--pycocotools-ids]

        With --classes the model is asked for other classes of the data than those that it learned (zero-shot); their words are the data's
        prompts, or those of --prompts (one entry a class, in label order).
        With --before both models are asked for what the earlier one knows (its classes and words, unless others are named): retention is
        mAP now divided by mAP before, and the table gives the drift of each class. Below --min-retention the exit code is 6.
        """;

    protected override string[] Options =>
    [
        "data=", "config=", "split=", "detections=", "annotations=", "pycocotools-ids", "save-json=", "classes=", "prompts=", "embeddings=",
        "text-model=", "vocabulary=", "before=", "min-retention=", .. AdapterChoice.Options,
    ];

    protected override int Run(Arguments arguments, Output output)
    {
        _ = Split(arguments);
        if (arguments.Has("min-retention") && !arguments.Has("before"))
        {
            throw Arguments.Wrong("--min-retention needs --before: the model to compare with.");
        }

        if (arguments.Has("detections"))
        {
            CocoScores scores = OfFiles(arguments, output);
            ScoreOutput.Print(scores, output);
            output.Result(JsonSerializer.SerializeToNode(scores)!.AsObject());
            return 0;
        }

        List<string> overrides = [.. arguments.Overrides, .. DataChoice.Of(arguments)];
        string target = arguments.Target("RUN or FILE");
        return arguments.Value("before") is { } before
            ? Kept(before, target, overrides, arguments, output)
            : Plain(target, overrides, arguments, output);
    }

    private static CocoScores OfFiles(Arguments arguments, Output output)
    {
        string annotations = arguments.Required("annotations"), detections = arguments.Required("detections");
        CocoFile truth = CocoFile.Read(annotations);
        CocoResultCheck check = CocoResultCheck.Of(detections, CocoResultFile.Read(detections), truth);
        output.Notes(check.Remarks);
        try
        {
            return CocoEvaluator.Evaluate(CocoGroundTruth.From(truth), check.Results, arguments.Has("pycocotools-ids"));
        }
        catch (GraftException error) when (error.Failure == Failure.Data)
        {
            throw new GraftException(Failure.Data, $"{detections}: {error.Message}", error.Hint, error);
        }
    }

    private static int Plain(string target, List<string> overrides, Arguments arguments, Output output)
    {
        Vocabulary? words = WordOptions.OfClasses(target, overrides, Split(arguments), arguments);
        using TrainedModel model = Open(target, overrides, words, arguments, output);
        AdapterChoice.Apply(model, arguments, keepWords: words is not null);
        CocoScores scores = Score(model, arguments, output, saves: true);
        ScoreOutput.Print(scores, output);
        output.Result(JsonSerializer.SerializeToNode(scores)!.AsObject());
        return 0;
    }

    /// <summary>Asks the model from before, then the present one, for the same words on the same pictures.</summary>
    private static int Kept(string source, string target, List<string> overrides, Arguments arguments, Output output)
    {
        double least = arguments.Number("min-retention", double.NegativeInfinity, 0, 1);
        Vocabulary? words = WordOptions.OfClasses(source, overrides, Split(arguments), arguments);
        CocoScores before, after;
        using (TrainedModel model = Open(source, overrides, words, arguments, output))
        {
            before = Score(model, arguments, output, saves: false);
            words ??= model.Vocabulary.Embeddings is null ? null : model.Vocabulary;
        }

        using (TrainedModel model = Open(target, overrides, words, arguments, output))
        {
            AdapterChoice.Apply(model, arguments, keepWords: true);
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

    private static TrainedModel Open(string target, List<string> overrides, Vocabulary? words, Arguments arguments, Output output)
    {
        TrainedModel model = TrainedModel.Open(target, overrides, words, arguments.Value("config"));
        output.Notes(model.Vocabulary.Notes);
        return model;
    }

    private static CocoScores Score(TrainedModel model, Arguments arguments, Output output, bool saves)
    {
        DetectionDataset set = DetectionData.OpenSplit(model.Config.Data with { Classes = [] }, Split(arguments), model.Vocabulary.Names);
        set.RequireObjects(toLearn: false);
        output.Line($"{model.Path}: {set}");
        using DetectorEvaluation evaluation = new(set, model.Config.Train.Imgsz, model.Config.Predict);
        EvaluationResult result = evaluation.Run(model.Detector, done => output.Progress($"{done}/{Counted.Of(set.Images.Count, "image")}"));
        bool selected = arguments.Has("classes") || arguments.Has("before");
        new DataRemarks(output, selected ? new DataOptions { Classes = model.Vocabulary.Names } : new DataOptions()).Say(Split(arguments).ToString().ToLowerInvariant(), set);

        if (saves && arguments.Value("save-json") is { } resultFile)
        {
            CocoResultFile.Write(resultFile, result.Results);
        }

        return result.Scores;
    }

    private static DataSplit Split(Arguments arguments) => arguments.Choice("split", "val", "train") == "train" ? DataSplit.Train : DataSplit.Val;
}
