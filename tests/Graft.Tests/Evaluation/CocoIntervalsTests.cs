using Graft.Data;
using Graft.Evaluation;

namespace Graft.Tests.Evaluation;

[SideBySide]
public class CocoIntervalsTests
{
    [Fact]
    public void TheInterval_HoldsTheScore_AndNarrowsWithMoreImages()
    {
        (CocoScores few, CocoIntervals wide) = Measure(images: 40);
        (CocoScores many, CocoIntervals narrow) = Measure(images: 640);
        Assert.InRange(few.Map50, wide.Map50.Low, wide.Map50.High);
        Assert.InRange(many.Map50, narrow.Map50.Low, narrow.Map50.High);
        Assert.InRange(many.Map, narrow.Map.Low, narrow.Map.High);
        double ratio = (wide.Map50.High - wide.Map50.Low) / (narrow.Map50.High - narrow.Map50.Low);
        Assert.InRange(ratio, 2, 8);            // sixteen times the images: about a quarter of the width
    }

    [Fact]
    public void TheSameSeed_GivesTheSameInterval() => Assert.Equal(Measure(60).Intervals, Measure(60).Intervals);

    [Fact]
    public void APerfectDetector_HasNoDoubt()
    {
        CocoGroundTruth truth = Truth(30);
        CocoIntervals intervals = CocoIntervals.Of(truth, [.. truth.Annotations.Select(box => Found(box, 0.9))], 40);
        Assert.Equal(((1d, 1d), (1d, 1d)), (intervals.Map50, intervals.Map));
    }

    [Fact]
    public void WithoutAnnotations_NothingIsDefined()
        => Assert.Equal(-1, CocoIntervals.Of(Truth(10) with { Annotations = [] }, [], 20).Map50.Low);

    private static (CocoScores Scores, CocoIntervals Intervals) Measure(int images)
    {
        CocoGroundTruth truth = Truth(images);
        SplitMix64 random = SplitMix64.For(3);
        CocoResult[] found = [.. truth.Annotations.Where(_ => random.Uniform() < 0.7).Select(box => Found(box, random.Uniform()))];
        CocoResult[] wrong = [.. truth.Annotations.Where(_ => random.Uniform() < 0.3).Select(box => Found(box, random.Uniform()) with { X = box.X + 60 })];
        return (CocoEvaluator.Evaluate(truth, [.. found, .. wrong]), CocoIntervals.Of(truth, [.. found, .. wrong], 100));
    }

    private static CocoGroundTruth Truth(int images) => new(
        [.. Enumerable.Range(1, images).Select(id => (long)id)], [new CocoCategory(1, "scratch")],
        [.. Enumerable.Range(1, images).Select(id => new CocoAnnotation(id, id, 1, 10, 10, 30, 30, 900))]);

    private static CocoResult Found(CocoAnnotation box, double score) => new(box.ImageId, box.CategoryId, box.X, box.Y, box.Width, box.Height, score);
}
