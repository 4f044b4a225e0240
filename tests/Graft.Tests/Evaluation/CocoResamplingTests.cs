using Graft.Data;
using Graft.Evaluation;

namespace Graft.Tests.Evaluation;

/// <summary>Resampled scores are those of the protocol on the images that were drawn.</summary>
[SideBySide]
public class CocoResamplingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void AnImageThatIsDrawnTwice_CountsAsTwoImages(int seed)
    {
        (CocoGroundTruth truth, CocoResult[] found) = Random(seed);
        CocoResampling resampling = CocoResampling.Of(truth, found);
        for (int sample = 0; sample < 20; sample++)
        {
            int[] times = CocoResampling.Draw(resampling.Images, SplitMix64.For(seed, sample));
            Assert.Equal(truth.ImageIds.Count, times.Sum());
            CocoScores expected = Copied(truth, found, times);
            (double map50, double map) = resampling.Score(times);
            Assert.Equal(expected.Map50, map50, 1e-12);
            Assert.Equal(expected.Map, map, 1e-12);
        }
    }

    [Fact]
    public void EachImageOnce_IsTheScoreItself()
    {
        (CocoGroundTruth truth, CocoResult[] found) = Random(7);
        CocoScores scores = CocoEvaluator.Evaluate(truth, found);
        (double map50, double map) = CocoResampling.Of(truth, found).Score([.. truth.ImageIds.Select(_ => 1)]);
        Assert.Equal((scores.Map50, scores.Map), (map50, map), (one, other) => Math.Abs(one.Item1 - other.Item1) < 1e-12 && Math.Abs(one.Item2 - other.Item2) < 1e-12);
    }

    [Fact]
    public void WithoutAnyObject_TheScoreIsUndefined()
    {
        (CocoGroundTruth truth, CocoResult[] found) = Random(8);
        Assert.Equal((-1d, -1d), CocoResampling.Of(truth with { Annotations = [] }, found).Score([.. truth.ImageIds.Select(_ => 1)]));
    }

    /// <summary>The protocol on a data set in which every drawn image is an image of its own.</summary>
    private static CocoScores Copied(CocoGroundTruth truth, CocoResult[] found, int[] times)
    {
        List<CocoAnnotation> annotations = [];
        List<CocoResult> results = [];
        int image = 0;
        for (int i = 0; i < times.Length; i++)
        {
            for (int time = 0; time < times[i]; time++)
            {
                image++;
                annotations.AddRange(truth.Annotations.Where(one => one.ImageId == truth.ImageIds[i]).Select(one => one with { ImageId = image, Id = annotations.Count + one.Id }));
                results.AddRange(found.Where(one => one.ImageId == truth.ImageIds[i]).Select(one => one with { ImageId = image }));
            }
        }

        return CocoEvaluator.Evaluate(new CocoGroundTruth([.. Enumerable.Range(1, image).Select(id => (long)id)], truth.Categories, annotations), results);
    }

    /// <summary>Images with none to three objects of three classes, and detections that are right, displaced, doubled or of another class.</summary>
    private static (CocoGroundTruth Truth, CocoResult[] Found) Random(int seed)
    {
        SplitMix64 random = SplitMix64.For(seed);
        long[] images = [.. Enumerable.Range(0, 25).Select(i => (long)(100 - (3 * i)))];
        List<CocoAnnotation> truth = [];
        List<CocoResult> found = [];
        foreach (long image in images)
        {
            for (int i = random.Integer(0, 3); i > 0; i--)
            {
                double x = random.Integer(0, 200), y = random.Integer(0, 200), side = random.Integer(10, 60);
                int label = random.Integer(1, 3);
                truth.Add(new CocoAnnotation(truth.Count + 1, image, label, x, y, side, side, side * side) { Crowd = random.Uniform() < 0.05 });
                for (int copy = random.Integer(0, 2); copy > 0; copy--)
                {
                    double shift = side * random.Uniform() * 0.5;
                    found.Add(new CocoResult(image, random.Uniform() < 0.85 ? label : random.Integer(1, 3), x + shift, y, side, side, random.Uniform()));
                }
            }
        }

        return (new CocoGroundTruth(images, [new(1, "a"), new(2, "b"), new(3, "c")], truth), [.. found]);
    }
}
