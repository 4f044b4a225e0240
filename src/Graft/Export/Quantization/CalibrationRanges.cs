namespace Graft.Export;

/// <summary>Ranges of an activation from its histogram, one function per method.</summary>
internal static class CalibrationRanges
{
    // Bounds that the entropy method tries on each side: down to a sixteenth of the largest value.
    private const int Candidates = 64, Levels = 256;
    private const double Least = 1.0 / 16, Absent = 1e-12;

    internal static ActivationRange Of(ActivationHistogram histogram, CalibrationChoice choice) => choice.Method switch
    {
        CalibrationMethod.MinMax => ActivationRange.Of(histogram.Min, histogram.Max),
        CalibrationMethod.Percentile => Percentile(histogram, choice.Percentile / 100),
        _ => Entropy(histogram),
    };

    private static ActivationRange Percentile(ActivationHistogram histogram, double share)
    {
        double outside = histogram.Count * (1 - share) / 2;
        return ActivationRange.Of(
            Math.Max(histogram.Min, Quantile(histogram, outside)),
            Math.Min(histogram.Max, Quantile(histogram, histogram.Count - outside)));
    }

    /// <summary>The value below which a number of values lies; they are spread evenly within a bin.</summary>
    private static double Quantile(ActivationHistogram histogram, double below)
    {
        double sum = 0;
        for (int i = 0; i < ActivationHistogram.Bins; i++)
        {
            long count = histogram.Counts[i];
            if (count > 0 && sum + count >= below)
            {
                return histogram.Edge(i) + (histogram.BinWidth * Math.Clamp((below - sum) / count, 0, 1));
            }

            sum += count;
        }

        return histogram.Max;
    }

    /// <summary>Chooses the upper bound for the smallest value as lower bound, then the lower bound for that.</summary>
    private static ActivationRange Entropy(ActivationHistogram histogram)
    {
        double low = Math.Min(0, histogram.Min), high = Math.Max(0, histogram.Max);
        high = Best(high, bound => Divergence(histogram, low, bound));
        low = Best(low, bound => Divergence(histogram, bound, high));
        return ActivationRange.Of(low, high);
    }

    /// <summary>The bound with the smallest divergence; the farthest of equals.</summary>
    private static double Best(double farthest, Func<double, double> divergence)
    {
        double best = farthest, smallest = double.PositiveInfinity;
        for (int i = 0; i < Candidates && farthest != 0; i++)
        {
            double bound = farthest * (1 - (i * (1 - Least) / (Candidates - 1))), found = divergence(bound);
            (best, smallest) = found < smallest ? (bound, found) : (best, smallest);
        }

        return best;
    }

    /// <summary>Divergence of the values, clipped to the bounds, from what 256 levels between the bounds keep of them.</summary>
    private static double Divergence(ActivationHistogram histogram, double low, double high)
    {
        int first = Math.Clamp((int)((low - histogram.Edge(0)) / histogram.BinWidth), 0, ActivationHistogram.Bins - 1);
        int last = Math.Clamp((int)((high - histogram.Edge(0)) / histogram.BinWidth), first, ActivationHistogram.Bins - 1);
        int bins = last - first + 1;
        if (bins < Levels)
        {
            return double.PositiveInfinity;
        }

        ReadOnlySpan<long> inside = histogram.Counts.Slice(first, bins);
        long below = Sum(histogram.Counts[..first]), above = Sum(histogram.Counts[(last + 1)..]);
        double total = histogram.Count, kept = total - below - above, sum = 0;
        for (int level = 0; level < Levels; level++)
        {
            int begin = (int)((long)bins * level / Levels), end = (int)((long)bins * (level + 1) / Levels), filled = 0;
            long count = 0;
            for (int i = begin; i < end; i++)
            {
                count += inside[i];
                filled += inside[i] > 0 ? 1 : 0;
            }

            double even = filled == 0 ? 0 : count / (kept * filled);
            for (int i = begin; i < end; i++)
            {
                double value = (inside[i] + (i == 0 ? below : 0) + (i == bins - 1 ? above : 0)) / total;
                sum += value > 0 ? value * Math.Log(value / (inside[i] > 0 ? even : Absent)) : 0;
            }
        }

        return sum;
    }

    private static long Sum(ReadOnlySpan<long> counts)
    {
        long sum = 0;
        foreach (long count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
