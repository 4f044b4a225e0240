namespace Graft.Evaluation;

/// <summary>Computes precision and recall of a class from its matched detections.</summary>
internal static class CocoAccumulation
{
    // The distance from 1 to the next double, which the protocol adds to avoid a division by zero.
    private const double Epsilon = 2.220446049250313e-16;

    public static void Accumulate(CocoCurves curves, int label, ReadOnlySpan<int> counted, CocoRankedDetection[] detections)
    {
        double[] recall = new double[detections.Length];
        double[] precision = new double[detections.Length];
        double[] scores = new double[detections.Length];
        for (int area = 0; area < CocoProtocol.AreaRanges.Count; area++)
        {
            for (int limit = 0; limit < CocoProtocol.MaxDetections.Count && counted[area] > 0; limit++)
            {
                for (int threshold = 0; threshold < CocoProtocol.IouThresholds.Count; threshold++)
                {
                    int length = 0;
                    double truePositives = 0;
                    double falsePositives = 0;
                    foreach (ref readonly CocoRankedDetection detection in detections.AsSpan())
                    {
                        if (detection.Rank >= CocoProtocol.MaxDetections[limit])
                        {
                            continue;
                        }

                        if (!detection.Matches.IsIgnored(area, threshold))
                        {
                            bool matched = detection.Matches.IsMatched(area, threshold);
                            truePositives += matched ? 1 : 0;
                            falsePositives += matched ? 0 : 1;
                        }

                        recall[length] = truePositives / counted[area];
                        precision[length] = truePositives / (falsePositives + truePositives + Epsilon);
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
