using Graft.Data;

namespace Graft.Evaluation;

/// <summary>How far a score could be off because other images might have been drawn: 95 % of the scores on resampled images.</summary>
/// <param name="Map50">Of mean average precision at IoU 0.50; −1 where undefined.</param>
/// <param name="Map">Of mean average precision at IoU 0.50:0.95; −1 where undefined.</param>
public sealed record CocoIntervals((double Low, double High) Map50, (double Low, double High) Map)
{
    /// <summary>Resamples the images with replacement and scores each sample (the percentile bootstrap; Efron, 1979).</summary>
    /// <param name="groundTruth">Images, classes and annotations.</param>
    /// <param name="results">Detections.</param>
    /// <param name="samples">How many samples.</param>
    /// <param name="seed">The same seed gives the same intervals.</param>
    public static CocoIntervals Of(CocoGroundTruth groundTruth, IReadOnlyList<CocoResult> results, int samples = 200, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(groundTruth);
        ArgumentNullException.ThrowIfNull(results);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 20);
        ILookup<long, CocoAnnotation> annotations = groundTruth.Annotations.ToLookup(annotation => annotation.ImageId);
        ILookup<long, CocoResult> detections = results.ToLookup(result => result.ImageId);
        CocoScores[] scores = new CocoScores[samples];
        Parallel.For(0, samples, sample => scores[sample] = Score(groundTruth, annotations, detections, SplitMix64.For(seed, sample)));
        return new CocoIntervals(Range(scores, one => one.Map50), Range(scores, one => one.Map));
    }

    private static CocoScores Score(
        CocoGroundTruth groundTruth, ILookup<long, CocoAnnotation> annotations, ILookup<long, CocoResult> detections, SplitMix64 random)
    {
        int count = groundTruth.ImageIds.Count;
        List<CocoAnnotation> truth = [];
        List<CocoResult> found = [];
        for (int image = 1; image <= count; image++)
        {
            // An image that is drawn twice counts as two images.
            long drawn = groundTruth.ImageIds[random.Integer(0, count - 1)];
            foreach (CocoAnnotation annotation in annotations[drawn])
            {
                truth.Add(annotation with { ImageId = image, Id = truth.Count + 1 });
            }

            found.AddRange(detections[drawn].Select(result => result with { ImageId = image }));
        }

        return CocoEvaluator.Evaluate(new CocoGroundTruth([.. Enumerable.Range(1, count).Select(id => (long)id)], groundTruth.Categories, truth), found);
    }

    private static (double Low, double High) Range(CocoScores[] scores, Func<CocoScores, double> figure)
    {
        double[] sorted = [.. scores.Select(figure).Where(value => value >= 0).Order()];
        return sorted.Length == 0 ? (-1, -1) : (sorted[(int)(0.025 * sorted.Length)], sorted[Math.Min(sorted.Length - 1, (int)(0.975 * sorted.Length))]);
    }
}
