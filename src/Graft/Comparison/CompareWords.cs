using System.Globalization;

namespace Graft.Comparison;

/// <summary>What a comparison shows, in sentences that say how sure it is.</summary>
internal static class CompareWords
{
    /// <summary>The recommendation, the difference to the baseline, what training longer or labelling more would need.</summary>
    internal static IReadOnlyList<string> Of(ComparePlan plan, IReadOnlyList<CellResult> cells, CompareStatistics found, string best, Estimate? growth)
    {
        PlannedStrategy taken = plan.Strategy(found.Recommended);
        StrategyFigures figures = found.Of(taken.Name), baseline = found.Strategies[0];
        string images = Counted.Of(plan.ValImages, "validation image"), seeds = Counted.Of(plan.Seeds, "seed");
        List<string> words =
        [
            found.IsUsable
                ? Text($"Take {taken.Name}: mAP50 {figures.Map50} with {taken.Trainable:N0} trained values ({100 * taken.Share:0.#} % of the network).")
                : Text($"Take none of them yet: {taken.Name}, the first choice among them, has mAP50 {figures.Map50}. Train longer, or look at the data with graft check."),
        ];
        string[] equal = [.. found.Strategies.Where(one => one.Name != taken.Name && one.ToBest.Range is not null && (one.Name == best || !one.ToBest.IsShown)).Select(one => one.Name)];
        words.Add(figures.Map50.Range is null
            ? Text($"It is only the highest number: {images} are too few to tell whether the order is more than chance.")
            : equal.Length > 0
                ? Text($"No difference between {Listed.All([taken.Name, .. equal])} can be shown with {images} and {seeds}; of these, {taken.Name} trains the fewest values.")
                : Text($"Every other strategy is worse by more than chance explains, with {images} and {seeds}."));
        if (baseline.Name != taken.Name && figures.ToBaseline.Range is not null)
        {
            words.Add(Against(figures.ToBaseline, taken.Name, baseline.Name));
        }

        if (plan.Seeds == 1)
        {
            words.Add("With one seed, the intervals hold the chance of the images only: another seed may change the order.");
        }

        string[] rising = [.. plan.Strategies.Where(strategy => IsRising(cells, strategy.Name)).Select(strategy => strategy.Name)];
        if (rising.Length > 0)
        {
            words.Add($"{Listed.All(rising)} {(rising.Length == 1 ? "was" : "were")} still rising when the time was over; more time may change the order.");
        }

        if (growth is not null)
        {
            words.Add(MoreImages(plan, taken.Name, growth));
        }

        return words;
    }

    private static string Against(Estimate difference, string name, string baseline) => difference switch
    {
        { IsShown: false } => $"Against {baseline}: {difference.ToSignedString()} in mAP50; no difference can be shown.",
        { Value: > 0 } => $"Against {baseline}: {difference.ToSignedString()} in mAP50; {name} is better.",
        _ => $"Against {baseline}: {difference.ToSignedString()} in mAP50; {name} is worse.",
    };

    private static string MoreImages(ComparePlan plan, string name, Estimate growth)
    {
        double[] shares = [.. plan.Fractions.OrderDescending()];
        int from = (int)Math.Round(shares[1] * plan.TrainImages), to = (int)Math.Round(shares[0] * plan.TrainImages);
        string step = Text($"From {from} to {to} training images, with as many steps, {name} changes by {growth.ToSignedString()} in mAP50");
        return growth.IsShown && growth.Value > 0 ? $"{step}: more images should help." : $"{step}: no gain from more images can be shown.";
    }

    /// <summary>Whether the last tenth of the time gained at least as much as one in a hundred, in the mean over the seeds.</summary>
    private static bool IsRising(IReadOnlyList<CellResult> cells, string name)
    {
        double[] gains = [.. cells.Where(cell => cell.Strategy == name && cell.Curve.Count > 1).Select(cell =>
        {
            double late = 0.9 * cell.Curve[^1].Minutes, before = cell.Curve.TakeWhile(point => point.Minutes <= late).Select(point => point.Map50).DefaultIfEmpty(0).Max();
            return cell.Map50 - before;
        })];
        return gains.Length > 0 && gains.Average() > 0.01;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
