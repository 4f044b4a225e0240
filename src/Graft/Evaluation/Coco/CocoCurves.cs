namespace Graft.Evaluation;

/// <summary>
/// Precision, recall and score of every setting, as the protocol accumulates them; −1 where a class has no objects of the size.
/// Axes: T IoU thresholds, R recall levels, K classes in label order, A area ranges, M detection limits (see <see cref="CocoProtocol"/>).
/// </summary>
public sealed class CocoCurves
{
    private static readonly int R = CocoProtocol.RecallThresholds.Count;
    private static readonly int A = CocoProtocol.AreaRanges.Count;
    private static readonly int M = CocoProtocol.MaxDetections.Count;

    private readonly double[] _precision;
    private readonly double[] _scores;
    private readonly double[] _recall;

    internal CocoCurves(int classes)
    {
        int t = CocoProtocol.IouThresholds.Count;
        Classes = classes;
        _precision = new double[t * R * classes * A * M];
        _scores = new double[_precision.Length];
        _recall = new double[t * classes * A * M];
        Array.Fill(_precision, -1);
        Array.Fill(_scores, -1);
        Array.Fill(_recall, -1);
    }

    /// <summary>Number of classes K.</summary>
    public int Classes { get; }

    /// <summary>Interpolated precision, T×R×K×A×M, row-major.</summary>
    public ReadOnlySpan<double> PrecisionValues => _precision;

    /// <summary>Highest recall reached, T×K×A×M, row-major.</summary>
    public ReadOnlySpan<double> RecallValues => _recall;

    /// <summary>Precision at an IoU threshold and recall level, for a class, area range and detection limit (all by index).</summary>
    public double Precision(int t, int r, int k, int a, int m) => _precision[At(t, r, k, a, m)];

    /// <summary>Score of the detection at which the recall level is reached; 0 where it is not.</summary>
    public double Score(int t, int r, int k, int a, int m) => _scores[At(t, r, k, a, m)];

    /// <summary>Highest recall for an IoU threshold, class, area range and detection limit (all by index).</summary>
    public double Recall(int t, int k, int a, int m) => _recall[(((((t * Classes) + k) * A) + a) * M) + m];

    /// <summary>
    /// The curve of one class at one IoU threshold (by index; 0 is IoU 0.5), all areas, 100 detections; null without objects.
    /// </summary>
    public PrecisionRecallCurve? Curve(int k, int t = 0)
    {
        int m = M - 1;
        if (Recall(t, k, CocoProtocol.AllAreas, m) < 0)
        {
            return null;
        }

        double[] precision = new double[R];
        double[] scores = new double[R];
        for (int r = 0; r < R; r++)
        {
            precision[r] = Precision(t, r, k, CocoProtocol.AllAreas, m);
            scores[r] = Score(t, r, k, CocoProtocol.AllAreas, m);
        }

        return new PrecisionRecallCurve(CocoProtocol.RecallThresholds, precision, scores);
    }

    internal void Set(int t, int r, int k, int a, int m, double precision, double score)
    {
        int at = At(t, r, k, a, m);
        _precision[at] = precision;
        _scores[at] = score;
    }

    internal void SetRecall(int t, int k, int a, int m, double recall) => _recall[(((((t * Classes) + k) * A) + a) * M) + m] = recall;

    private int At(int t, int r, int k, int a, int m) => (((((((t * R) + r) * Classes) + k) * A) + a) * M) + m;
}
