using System.Globalization;
using Graft.Reports.Charts;
using Graft.Torch.Images;

namespace Graft.Reports;

/// <summary>The curves of a training run: losses, scores and learning rate over epochs.</summary>
public static class TrainingCurves
{
    /// <summary>The charts; ones without any number are left out.</summary>
    public static IReadOnlyList<Chart> Of(IReadOnlyList<ResultsRow> rows)
    {
        Chart[] charts =
        [
            Pair("Box loss", rows, ("training", row => row.TrainBoxLoss), ("validation", row => row.ValBoxLoss)),
            Pair("Class loss", rows, ("training", row => row.TrainClassLoss), ("validation", row => row.ValClassLoss)),
            Pair("Distribution loss", rows, ("training", row => row.TrainDistributionLoss), ("validation", row => row.ValDistributionLoss)),
            Pair("Mean average precision", rows, ("mAP50", row => row.Map50), ("mAP50-95", row => row.Map)) with { Mark = Best(rows) },
            Pair("Precision and recall at best F1", rows, ("precision", row => row.Precision), ("recall", row => row.Recall)),
            Rates(rows),
        ];
        return [.. charts.Where(chart => chart.Series.Any(series => series.Y.Any(double.IsFinite)))];
    }

    /// <summary>The charts as the image <c>results.png</c>, three per row.</summary>
    public static Image Draw(IReadOnlyList<ResultsRow> rows)
    {
        IReadOnlyList<Chart> charts = Of(rows);
        return ChartSheet.Draw(charts, Math.Clamp(charts.Count, 1, 3));
    }

    private static Chart Pair(string title, IReadOnlyList<ResultsRow> rows, params (string Name, Func<ResultsRow, double> Of)[] curves)
    {
        double[] epochs = [.. rows.Select(row => (double)row.Epoch)];
        return new Chart(title, "epoch", string.Empty,
        [
            .. curves.Select((curve, i) => new ChartSeries(curve.Name, epochs, [.. rows.Select(curve.Of)]) { Colour = i })
                .Where(series => series.Y.Any(double.IsFinite)),
        ]);
    }

    private static Chart Rates(IReadOnlyList<ResultsRow> rows)
    {
        int groups = rows.Count > 0 ? rows.Max(row => row.LearningRates.Count) : 0;
        double[] epochs = [.. rows.Select(row => (double)row.Epoch)];
        ChartSeries[] all = [.. Enumerable.Range(0, groups).Select(group => new ChartSeries(
            $"group {group}", epochs, [.. rows.Select(row => group < row.LearningRates.Count ? row.LearningRates[group] : double.NaN)])
        {
            Colour = group,
            Style = group == 0 ? SeriesStyle.Line : SeriesStyle.Dashed,
        })];

        // Groups that share one rate would lie on each other.
        ChartSeries[] distinct = [.. all.Where((series, i) => !all.Take(i).Any(earlier => earlier.Y.SequenceEqual(series.Y)))];
        ChartSeries[] shown = distinct.Length == 1 ? [distinct[0] with { Name = string.Empty }] : distinct;
        return new Chart("Learning rate", "epoch", string.Empty, shown);
    }

    private static ChartMark? Best(IReadOnlyList<ResultsRow> rows)
    {
        ResultsRow? best = ResultsRow.Best(rows);
        if (best is null)
        {
            return null;
        }

        string text = string.Create(CultureInfo.InvariantCulture, $"best {best.Map:0.000} in epoch {best.Epoch}");
        return new ChartMark(best.Epoch, best.Map, text);
    }
}
