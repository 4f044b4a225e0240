namespace Graft.Evaluation;

/// <summary>Precision against recall of one class at one IoU threshold, with the score that reaches each recall.</summary>
/// <param name="Recall">Recall levels, ascending.</param>
/// <param name="Precision">Interpolated precision at each level; 0 beyond the highest recall.</param>
/// <param name="Scores">Score of the detection that reaches each level; 0 beyond the highest recall.</param>
public sealed record PrecisionRecallCurve(
    IReadOnlyList<double> Recall, IReadOnlyList<double> Precision, IReadOnlyList<double> Scores)
{
    /// <summary>
    /// The point with the highest F1, at level accuracy: the score to use as threshold when false negatives and false positives cost the same.
    /// </summary>
    public (double Recall, double Precision, double Score, double F1) Best()
    {
        (double Recall, double Precision, double Score, double F1) best = default;
        for (int r = 0; r < Recall.Count; r++)
        {
            double sum = Recall[r] + Precision[r];
            double f1 = sum > 0 ? 2 * Recall[r] * Precision[r] / sum : 0;
            if (f1 > best.F1)
            {
                best = (Recall[r], Precision[r], Scores[r], f1);
            }
        }

        return best;
    }
}
