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
        CocoResampling resampling = CocoResampling.Of(groundTruth, results);
        (double Map50, double Map)[] scores = new (double, double)[samples];
        Parallel.For(0, samples, sample => scores[sample] = resampling.Score(CocoResampling.Draw(resampling.Images, SplitMix64.For(seed, sample))));
        return new CocoIntervals(Range(scores.Select(one => one.Map50)), Range(scores.Select(one => one.Map)));
    }

    /// <summary>The middle 95 % of values; (−1, −1) where none is defined.</summary>
    /// <param name="values">Any order; −1 where undefined.</param>
    internal static (double Low, double High) Range(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(value => value >= 0).Order()];
        return sorted.Length == 0 ? (-1, -1) : Middle(sorted);
    }

    /// <summary>The middle 95 % of sorted values, at least one.</summary>
    internal static (double Low, double High) Middle(double[] sorted)
        => (sorted[(int)(0.025 * sorted.Length)], sorted[Math.Min(sorted.Length - 1, (int)(0.975 * sorted.Length))]);
}
