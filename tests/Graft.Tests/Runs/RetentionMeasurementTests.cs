using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Runs;
using Graft.Synthetic;
using Graft.Tests.Evaluation;

namespace Graft.Tests.Runs;

public sealed class RetentionMeasurementTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly AdaptedFiles _files;

    public RetentionMeasurementTests() => _files = new AdaptedFiles(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BothModels_AreEvaluatedWithThePromptsOfTheEarlierOne()
    {
        Vocabulary narrow = StandIns.Resolve(Vocabulary.StandIn(["hole", "stain"], 24), _files.Base);
        List<IReadOnlyList<string>> names = [];
        RetentionMeasurement own = Run(null), asked = Run(narrow);
        Assert.Equal([AdaptedFiles.Words.Names, AdaptedFiles.Words.Names, narrow.Names, narrow.Names], names);
        Assert.Equal([0.5, 0.25], new[] { own.Before, own.After }.Select(result => result.Scores.Map));
        Retention retention = asked.Compare();
        Assert.Equal(0.5, retention.Figure, 1e-12);
        Assert.Equal(["hole"], retention.Classes.Select(one => one.Name));

        RetentionMeasurement Run(Vocabulary? words)
        {
            int count = 0;
            return RetentionMeasurement.Run(
                given => TrainedModel.Open(_files.Base, [], given),
                given =>
                {
                    Assert.Equal((words ?? AdaptedFiles.Words).Embeddings, given!.Embeddings);
                    return TrainedModel.Open(_files.Base, [], given);
                },
                model =>
                {
                    names.Add(model.Vocabulary.Names);
                    return Result(0.5 / ++count);
                },
                words);
        }
    }

    [Fact]
    public void WithoutAnEvaluation_TheValidationDataOfTheModelsCounts()
    {
        SyntheticOptions options = new() { Classes = ["hole", "stain"], Materials = ["ceramic tile"] };
        SyntheticDataset.Write(_folder.At("data"), [new("val", 1_000, 2) { Options = options }]);
        Vocabulary words = StandIns.Resolve(Vocabulary.StandIn(options.Classes, 24), _files.Base);
        RetentionMeasurement measured = RetentionMeasurement.Run(Open, Open, prompts: words);
        Assert.Equal(2, measured.Before.Detections.Count);
        Assert.Equal(measured.Before.Results, measured.After.Results);
        Assert.Equal(options.Classes, measured.After.Scores.PerClass.Select(one => one.Name));

        TrainedModel Open(Vocabulary? given) => TrainedModel.Open(_files.Base, [$"data.root={_folder.At("data")}"], given);
    }

    private static EvaluationResult Result(double map) => new(FlatScores.Of(map, new CocoClassScores(1, "hole", map, map, map, map, 1)), [], []);
}
