using System.Text.Json;
using Graft.Cli.Rendering;
using Graft.Data;
using Graft.Evaluation;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft val: COCO numbers of a model, or of a result file.</summary>
internal sealed class ValCommand : Command
{
    internal override string Name => "val";

    internal override string Summary => "COCO metrics of a model or of a result file";

    internal override string Usage => """
        graft val RUN|FILE [--data DATA] [--classes "a,b"] [--config CONFIG] [--split val|train] [--save-json FILE]
                           [--adapter FILE] [--strength 1]
        graft val --detections DT.json --annotations GT.json [--pycocotools-ids]

        With --classes the model is asked for other classes of the data than those that it learned (zero-shot); their words are the data's prompts.
        """;

    protected override string[] Options => ["data=", "config=", "split=", "detections=", "annotations=", "pycocotools-ids", "save-json=", "classes=", .. AdapterChoice.Options];

    protected override int Run(Arguments arguments, Output output)
    {
        CocoScores scores = arguments.Has("detections") ? OfFiles(arguments) : OfModel(arguments, output);
        Print(scores, output);
        output.Result(JsonSerializer.SerializeToNode(scores)!.AsObject());
        return 0;
    }

    private static CocoScores OfFiles(Arguments arguments)
    {
        string annotations = arguments.Required("annotations"), detections = arguments.Required("detections");
        CocoGroundTruth truth = CocoGroundTruth.From(CocoFile.Read(annotations));
        IReadOnlyList<CocoResult> results = CocoResultFile.Read(detections);
        try
        {
            return CocoEvaluator.Evaluate(truth, results, arguments.Has("pycocotools-ids"));
        }
        catch (GraftException error) when (error.Failure == Failure.Data)
        {
            throw new GraftException(Failure.Data, $"{detections}: {error.Message}", error.Hint, error);
        }
    }

    private static CocoScores OfModel(Arguments arguments, Output output)
    {
        List<string> overrides = [.. arguments.Overrides];
        if (arguments.Value("data") is { } data)
        {
            overrides.AddRange([$"data.root={data}", "data.train=null", "data.val=null", "data.prompts=null"]);
        }

        string target = arguments.Target("RUN or FILE");
        DataSplit split = arguments.Value("split") == "train" ? DataSplit.Train : DataSplit.Val;
        using TrainedModel model = arguments.Value("classes") is { } classes
            ? Asked(target, split, classes.Split(',', StringSplitOptions.TrimEntries), overrides, arguments)
            : TrainedModel.Open(target, overrides, config: arguments.Value("config"));
        AdapterChoice.Apply(model, arguments, keepWords: arguments.Has("classes"));
        DetectionDataset set = DetectionData.OpenSplit(model.Config.Data with { Classes = [] }, split, model.Vocabulary.Names);
        output.Line($"{set}");
        using DetectorEvaluation evaluation = new(set, model.Config.Train.Imgsz, model.Config.Predict);
        EvaluationResult result = evaluation.Run(model.Detector, done => output.Progress($"{done}/{set.Images.Count} pictures"));
        new DataRemarks(output, arguments.Has("classes") ? new DataOptions { Classes = model.Vocabulary.Names } : new DataOptions()).Say(split.ToString().ToLowerInvariant(), set);

        if (arguments.Value("save-json") is { } resultFile)
        {
            CocoResultFile.Write(resultFile, result.Results);
        }

        return result.Scores;
    }

    /// <summary>The model with the data's words for other classes.</summary>
    private static TrainedModel Asked(string target, DataSplit split, string[] classes, List<string> overrides, Arguments arguments)
    {
        RunConfig config = TrainedModel.ConfigOf(target, overrides, arguments.Value("config"));
        DetectionDataset wanted = DetectionData.OpenSplit(config.Data with { Classes = classes }, split);
        return TrainedModel.Open(target, overrides, Vocabularies.For(config, wanted), arguments.Value("config"));
    }

    private static void Print(CocoScores scores, Output output)
    {
        output.Table(["class", "AP", "AP50"], [
            .. scores.PerClass.Select(one => new[] { one.Name, $"{one.Ap:f4}", $"{one.Ap50:f4}" }),
            ["all", $"{scores.Map:f4}", $"{scores.Map50:f4}"]]);
        output.Line($"AP75 {scores.Map75:f4}   AP small/medium/large {scores.MapSmall:f4} {scores.MapMedium:f4} {scores.MapLarge:f4}");
        output.Line($"AR 1/10/100 {scores.Mar1:f4} {scores.Mar10:f4} {scores.Mar100:f4}   AR small/medium/large {scores.MarSmall:f4} {scores.MarMedium:f4} {scores.MarLarge:f4}");
    }
}
