namespace Graft.Evaluation;

/// <summary>Turns the verdicts of one class into its precision and recall.</summary>
internal static class CocoAccumulation
{
    // The distance from 1 to the next double, which the protocol adds to avoid a division by zero.
    private const double Epsilon = 2.220446049250313e-16;

    public static void Accumulate(CocoCurves curves, int label, ReadOnlySpan<int> counted, CocoJudged[] judged)
    {
        double[] recall = new double[judged.Length];
        double[] precision = new double[judged.Length];
        double[] scores = new double[judged.Length];
        for (int area = 0; area < CocoProtocol.AreaRanges.Count; area++)
        {
            for (int limit = 0; limit < CocoProtocol.MaxDetections.Count && counted[area] > 0; limit++)
            {
                for (int threshold = 0; threshold < CocoProtocol.IouThresholds.Count; threshold++)
                {
                    int length = 0;
                    double right = 0;
                    double wrong = 0;
                    foreach (ref readonly CocoJudged detection in judged.AsSpan())
                    {
                        if (detection.Rank >= CocoProtocol.MaxDetections[limit])
                        {
                            continue;
                        }

                        if (!detection.Verdict.Ignored(area, threshold))
                        {
                            bool matched = detection.Verdict.Matched(area, threshold);
                            right += matched ? 1 : 0;
                            wrong += matched ? 0 : 1;
                        }

                        recall[length] = right / counted[area];
                        precision[length] = right / (wrong + right + Epsilon);
                        scores[length++] = detection.Score;
                    }

                    curves.SetRecall(threshold, label, area, limit, length > 0 ? recall[length - 1] : 0);
                    Sample(recall.AsSpan(0, length), precision.AsSpan(0, length), scores, (threshold, label, area, limit), curves);
                }
            }
        }
    }

    private static void Sample(
        ReadOnlySpan<double> recall, Span<double> precision, double[] scores, (int T, int K, int A, int M) at, CocoCurves curves)
    {
        for (int i = precision.Length - 1; i > 0; i--)
        {
            precision[i - 1] = Math.Max(precision[i - 1], precision[i]);
        }

        int next = 0;
        for (int r = 0; r < CocoProtocol.RecallThresholds.Count; r++)
        {
            while (next < recall.Length && recall[next] < CocoProtocol.RecallThresholds[r])
            {
                next++;
            }

            bool reached = next < recall.Length;
            curves.Set(at.T, r, at.K, at.A, at.M, reached ? precision[next] : 0, reached ? scores[next] : 0);
        }
    }
}
