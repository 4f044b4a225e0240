using System.Globalization;
using Graft.Evaluation;
using Graft.Reports.Charts;

namespace Graft.Reports;

/// <summary>Curves of a detector at IoU 0.5: precision over recall, and precision, recall and F1 over the score threshold.</summary>
public static class DetectionCurves
{
    // With more classes the legend would be taller than the chart.
    private const int MaxNamed = 12;
    private const int Steps = 200;

    /// <summary>Precision over recall, one curve per class and their mean (<c>BoxPR_curve.png</c>).</summary>
    public static Chart PrecisionOverRecall(CocoScores scores)
    {
        (int Label, PrecisionRecallCurve Curve)[] curves = CurvesOf(scores);
        bool named = curves.Length <= MaxNamed;
        List<ChartSeries> series =
        [
            .. curves.Select(entry => new ChartSeries(
                named ? Named(scores, entry.Label) : string.Empty, entry.Curve.Recall, entry.Curve.Precision)
            {
                Colour = entry.Label,
                Style = named ? SeriesStyle.Line : SeriesStyle.Faint,
            }),
        ];
        if (curves.Length > 0)
        {
            IReadOnlyList<double> recall = curves[0].Curve.Recall;
            double[] mean = [.. recall.Select((_, r) => curves.Average(entry => entry.Curve.Precision[r]))];
            string name = string.Create(CultureInfo.InvariantCulture, $"all classes {scores.Map50:0.000}");
            series.Add(new ChartSeries(name, recall, mean) { Colour = -1, Style = SeriesStyle.Bold });
        }

        return new Chart("Precision over recall, IoU 0.5", "recall", "precision", series) { XRange = new(0, 1), YRange = new(0, 1) };
    }

    /// <summary>F1 over the score threshold, with the best threshold marked (<c>BoxF1_curve.png</c>).</summary>
    public static Chart F1OverScore(CocoScores scores)
        => OverScore(scores, "F1", "F1", point => point.Precision + point.Recall > 0
            ? 2 * point.Precision * point.Recall / (point.Precision + point.Recall)
            : 0, markBest: true);

    /// <summary>Precision over the score threshold (<c>BoxP_curve.png</c>).</summary>
    public static Chart PrecisionOverScore(CocoScores scores)
        => OverScore(scores, "Precision", "precision", point => point.Precision, markBest: false);

    /// <summary>Recall over the score threshold (<c>BoxR_curve.png</c>).</summary>
    public static Chart RecallOverScore(CocoScores scores) => OverScore(scores, "Recall", "recall", point => point.Recall, markBest: false);

    /// <summary>Mean precision and recall over the classes where their F1 is best; NaN without any class.</summary>
    public static (double Precision, double Recall) BestF1(CocoScores scores)
    {
        (int Label, PrecisionRecallCurve Curve)[] curves = CurvesOf(scores);
        if (curves.Length == 0)
        {
            return (double.NaN, double.NaN);
        }

        return curves[0].Curve.Recall
            .Select((recall, r) => (Precision: curves.Average(entry => entry.Curve.Precision[r]), Recall: recall))
            .MaxBy(point => point.Precision * point.Recall / Math.Max(1e-12, point.Precision + point.Recall));
    }

    private static (int Label, PrecisionRecallCurve Curve)[] CurvesOf(CocoScores scores)
        => [.. Enumerable.Range(0, scores.Curves.Classes)
            .Select(label => (Label: label, Curve: scores.Curves.Curve(label)))
            .Where(entry => entry.Curve is not null)
            .Select(entry => (entry.Label, entry.Curve!))];

    private static string Named(CocoScores scores, int label)
        => string.Create(CultureInfo.InvariantCulture, $"{scores.PerClass[label].Name} {scores.PerClass[label].Ap50:0.000}");

    private static Chart OverScore(
        CocoScores scores, string what, string yLabel, Func<(double Precision, double Recall), double> value, bool markBest)
    {
        (int Label, PrecisionRecallCurve Curve)[] curves = CurvesOf(scores);
        double[] thresholds = [.. Enumerable.Range(0, Steps + 1).Select(i => (double)i / Steps)];
        bool named = curves.Length <= MaxNamed;
        List<ChartSeries> series =
        [
            .. curves.Select(entry => new ChartSeries(
                named ? scores.PerClass[entry.Label].Name : string.Empty,
                thresholds,
                [.. thresholds.Select(threshold => value(At(entry.Curve, threshold)))])
            {
                Colour = entry.Label,
                Style = named ? SeriesStyle.Line : SeriesStyle.Faint,
            }),
        ];
        ChartMark? mark = null;
        if (series.Count > 0)
        {
            double[] mean = [.. thresholds.Select((_, i) => series.Average(curve => curve.Y[i]))];
            series.Add(new ChartSeries("all classes", thresholds, mean) { Colour = -1, Style = SeriesStyle.Bold });
            int best = Array.IndexOf(mean, mean.Max());
            string text = string.Create(CultureInfo.InvariantCulture, $"{mean[best]:0.00} at {thresholds[best]:0.000}");
            mark = markBest ? new ChartMark(thresholds[best], mean[best], text) : null;
        }

        return new Chart($"{what} over score threshold, IoU 0.5", "score threshold", yLabel, series)
        {
            XRange = new(0, 1),
            YRange = new(0, 1),
            Mark = mark,
        };
    }

    /// <summary>The highest recall level whose detections all pass the threshold, and its precision.</summary>
    private static (double Precision, double Recall) At(PrecisionRecallCurve curve, double threshold)
    {
        (double Precision, double Recall) found = (0, 0);
        for (int r = 0; r < curve.Recall.Count && curve.Precision[r] > 0 && curve.Scores[r] >= threshold; r++)
        {
            found = (curve.Precision[r], curve.Recall[r]);
        }

        return found;
    }
}
