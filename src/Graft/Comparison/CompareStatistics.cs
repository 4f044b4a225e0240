using Graft.Evaluation;

namespace Graft.Comparison;

/// <summary>Means, intervals and paired differences of a comparison, and what can be concluded.</summary>
/// <remarks>Intervals are percentile bootstraps (Efron, 1979) over images and seeds: each sample draws images and seeds with replacement, the same
/// ones for every strategy, so that differences are paired.</remarks>
/// <param name="Strategies">On the largest share of the images, in the order of the plan.</param>
/// <param name="Fractions">On every share, from the smallest; empty where there is one.</param>
/// <param name="Recommended">The strategy to take: the fewest trained values among those that are not shown to be worse than the best.</param>
/// <param name="Conclusions">Sentences for people.</param>
public sealed record CompareStatistics(
    IReadOnlyList<StrategyFigures> Strategies, IReadOnlyList<StrategyFigures> Fractions, string Recommended, IReadOnlyList<string> Conclusions)
{
    // Below it a model finds next to nothing, and the order of strategies says little.
    private const double LeastScore = 0.05;

    /// <summary>Samples of the bootstrap.</summary>
    internal const int Samples = 400;

    /// <summary>Whether the strategy to take finds anything worth having.</summary>
    public bool IsUsable => Of(Recommended).Map50.Value >= LeastScore;

    /// <summary>The figures of a strategy on the largest share of the images.</summary>
    public StrategyFigures Of(string strategy) => Strategies.First(one => one.Name == strategy);

    /// <summary>Computes the figures of a comparison.</summary>
    /// <param name="plan">What was run.</param>
    /// <param name="cells">Every run.</param>
    /// <param name="resampling">Scores the detections of a run on resampled images.</param>
    internal static CompareStatistics Of(ComparePlan plan, IReadOnlyList<CellResult> cells, Func<CellResult, CocoResampling> resampling)
    {
        Dictionary<CellResult, (double Map50, double Map)[]> samples = Sampled(plan, cells, resampling);
        double whole = plan.Fractions.Max();
        string best = Best(plan, cells, whole);
        StrategyFigures[] all = [.. plan.Fractions.Order().SelectMany(fraction => plan.Strategies
            .Select(strategy => Figures(cells, samples, strategy.Name, fraction, plan.Strategies[0].Name, best)))];
        StrategyFigures[] strategies = [.. all.Where(one => one.Fraction == whole)];
        string recommended = plan.Strategies.Where(strategy => IsAsGood(strategies.First(one => one.Name == strategy.Name), best))
            .MinBy(strategy => strategy.Trainable)!.Name;
        CompareStatistics found = new(strategies, plan.Fractions.Count > 1 ? all : [], recommended, []);
        return found with { Conclusions = CompareWords.Of(plan, cells, found, best, Growth(plan, cells, samples, recommended)) };
    }

    private static bool IsAsGood(StrategyFigures figures, string best) => figures.Name == best || (figures.ToBest.Range is not null && !figures.ToBest.IsShown);

    private static string Best(ComparePlan plan, IReadOnlyList<CellResult> cells, double fraction)
        => plan.Strategies.MaxBy(strategy => cells.Where(cell => cell.Strategy == strategy.Name && cell.Fraction == fraction).Average(cell => cell.Map50))!.Name;

    /// <summary>The scores of every run on the same resampled images; none where the images are too few.</summary>
    private static Dictionary<CellResult, (double Map50, double Map)[]> Sampled(ComparePlan plan, IReadOnlyList<CellResult> cells, Func<CellResult, CocoResampling> resampling)
    {
        if (plan.ValImages < ComparePlanner.LeastImages)
        {
            return [];
        }

        Dictionary<CellResult, (double Map50, double Map)[]> samples = new(ReferenceEqualityComparer.Instance);
        foreach (CellResult cell in cells)
        {
            CocoResampling one = resampling(cell);
            (double Map50, double Map)[] scores = new (double, double)[Samples];
            Parallel.For(0, Samples, sample => scores[sample] = one.Score(CocoResampling.Draw(one.Images, SplitMix64.For(0, sample))));
            samples[cell] = scores;
        }

        return samples;
    }

    private static StrategyFigures Figures(
        IReadOnlyList<CellResult> cells, Dictionary<CellResult, (double Map50, double Map)[]> samples, string name, double fraction, string baseline, string best)
    {
        CellResult[] own = Of(name);
        double mean = own.Average(cell => cell.Map50);
        return new StrategyFigures
        {
            Name = name,
            Fraction = fraction,
            Map50 = Estimated(own, [], cell => cell.Map50, one => one.Map50),
            Map = Estimated(own, [], cell => cell.Map, one => one.Map),
            Spread = own.Length < 2 ? double.NaN : Math.Sqrt(own.Sum(cell => Math.Pow(cell.Map50 - mean, 2)) / (own.Length - 1)),
            ToBaseline = Estimated(own, Of(baseline), cell => cell.Map50, one => one.Map50),
            ToBest = Estimated(own, Of(best), cell => cell.Map50, one => one.Map50),
        };

        CellResult[] Of(string strategy) => [.. cells.Where(cell => cell.Strategy == strategy && cell.Fraction == fraction).OrderBy(cell => cell.Seed)];

        Estimate Estimated(CellResult[] some, CellResult[] minus, Func<CellResult, double> score, Func<(double Map50, double Map), double> sampled)
            => Paired(some, minus, samples, score, sampled);
    }

    /// <summary>The mean of some runs, or its difference from that of others with the same seeds.</summary>
    private static Estimate Paired(
        CellResult[] some, CellResult[] minus, Dictionary<CellResult, (double Map50, double Map)[]> samples, Func<CellResult, double> score,
        Func<(double Map50, double Map), double> sampled)
    {
        double value = some.Average(score) - (minus.Length == 0 ? 0 : minus.Average(score));
        if (samples.Count == 0)
        {
            return new Estimate(value, null);
        }

        double[] sorted = [.. Enumerable.Range(0, Samples).Select(Sample).Where(double.IsFinite).Order()];
        if (sorted.Length == 0)
        {
            return new Estimate(value, null);
        }

        (double low, double high) = CocoIntervals.Middle(sorted);
        return new Estimate(value, new EstimateRange(low, high));

        double Sample(int sample)
        {
            int[] seeds = CocoResampling.Draw(some.Length, SplitMix64.For(1, sample));
            double sum = 0;
            for (int i = 0; i < some.Length; i++)
            {
                double one = sampled(samples[some[i]][sample]), other = minus.Length == 0 ? 0 : sampled(samples[minus[i]][sample]);
                sum += seeds[i] * (one < 0 || other < 0 ? double.NaN : one - other);
            }

            return sum / some.Length;
        }
    }

    /// <summary>What the recommended strategy gains from the second largest share of the images to the largest; null with one share.</summary>
    private static Estimate? Growth(
        ComparePlan plan, IReadOnlyList<CellResult> cells, Dictionary<CellResult, (double Map50, double Map)[]> samples, string name)
    {
        double[] shares = [.. plan.Fractions.OrderDescending()];
        return shares.Length < 2 ? null : Paired(Of(shares[0]), Of(shares[1]), samples, cell => cell.Map50, one => one.Map50);

        CellResult[] Of(double fraction) => [.. cells.Where(cell => cell.Strategy == name && cell.Fraction == fraction).OrderBy(cell => cell.Seed)];
    }
}
