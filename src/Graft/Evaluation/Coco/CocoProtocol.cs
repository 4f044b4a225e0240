namespace Graft.Evaluation;

/// <summary>The fixed settings of the COCO box metric.</summary>
public static class CocoProtocol
{
    /// <summary>Best detections per image and class that count, for AR1, AR10, and for AR100 and AP.</summary>
    public static IReadOnlyList<int> MaxDetections { get; } = [1, 10, 100];

    /// <summary>IoU thresholds 0.50, 0.55 … 0.95.</summary>
    public static IReadOnlyList<double> IouThresholds { get; } = Ramp(0.5, 0.95, 10);

    /// <summary>Recall levels 0, 0.01 … 1 at which precision is sampled.</summary>
    public static IReadOnlyList<double> RecallThresholds { get; } = Ramp(0, 1, 101);

    /// <summary>Object areas in square pixels, both ends included: all, small, medium, large.</summary>
    public static IReadOnlyList<(double Low, double High)> AreaRanges { get; } =
        [(0, 1e10), (0, 32 * 32), (32 * 32, 96 * 96), (96 * 96, 1e10)];

    /// <summary>Index of the area range "all".</summary>
    public const int AllAreas = 0;

    // start + i * step with an exact end, so that the doubles equal those of the reference bit for bit.
    private static double[] Ramp(double start, double stop, int count)
    {
        double step = (stop - start) / (count - 1);
        double[] values = [.. Enumerable.Range(0, count).Select(i => (i * step) + start)];
        values[^1] = stop;
        return values;
    }
}
