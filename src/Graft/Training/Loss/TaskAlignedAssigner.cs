using Graft.Detectors;

namespace Graft.Training;

/// <summary>Which anchor points are assigned to which ground-truth box, with soft targets.</summary>
/// <param name="Positions">K indices: image·P + anchor point.</param>
/// <param name="Labels">K class indices.</param>
/// <param name="Boxes">K×4 ground-truth corners in input pixels.</param>
/// <param name="Weights">K soft targets, 0..1.</param>
public sealed record Assignment(long[] Positions, int[] Labels, float[] Boxes, float[] Weights)
{
    /// <summary>Sum of all soft targets.</summary>
    public double WeightSum => Weights.Sum(weight => (double)weight);
}

/// <summary>Task-aligned assignment (TOOD, arXiv:2108.07755): metric = score^α · CIoU^β.</summary>
/// <param name="TopK">Candidates per ground-truth box: the anchor points with the highest metric.</param>
/// <param name="Alpha">Exponent of the score.</param>
/// <param name="Beta">Exponent of the overlap.</param>
/// <param name="OverlapsInsideOnly">When several boxes claim an anchor point, compare IoUs only with boxes that contain it (Ultralytics);
/// otherwise with all boxes of the image (mmyolo).</param>
public sealed record TaskAlignedAssigner(int TopK = 10, double Alpha = 0.5, double Beta = 6, bool OverlapsInsideOnly = false)
{
    private const double Epsilon = 1e-9;

    /// <summary>Assigns anchor points to boxes.</summary>
    /// <param name="boxes">B×P×4 predicted corners in input pixels.</param>
    /// <param name="scores">B×P×N predicted scores.</param>
    /// <param name="classes">N.</param>
    /// <param name="anchors">The P anchor points.</param>
    /// <param name="targets">The ground-truth boxes; those without area are ignored.</param>
    public Assignment Assign(ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, int classes, Anchors anchors, Targets targets)
    {
        int places = anchors.Count;
        List<long> positions = [];
        List<int> labels = [];
        List<float> corners = [], weights = [];
        foreach (IGrouping<int, Targets.Row> image in targets.Boxes.Where(row => row.X1 + row.Y1 + row.X2 + row.Y2 > 0).GroupBy(row => row.Image).OrderBy(group => group.Key))
        {
            Targets.Row[] rows = [.. image];
            ReadOnlySpan<float> predicted = boxes.Slice(image.Key * places * 4, places * 4);
            ReadOnlySpan<float> score = scores.Slice(image.Key * places * classes, places * classes);
            (int Place, int Row, double Weight)[] found = OneImage(predicted, score, classes, anchors, rows);
            foreach ((int place, int row, double weight) in found)
            {
                positions.Add(((long)image.Key * places) + place);
                labels.Add(rows[row].Label);
                corners.AddRange([rows[row].X1, rows[row].Y1, rows[row].X2, rows[row].Y2]);
                weights.Add((float)weight);
            }
        }

        return new Assignment([.. positions], [.. labels], [.. corners], [.. weights]);
    }

    private (int Place, int Row, double Weight)[] OneImage(
        ReadOnlySpan<float> predicted, ReadOnlySpan<float> scores, int classes, Anchors anchors, Targets.Row[] rows)
    {
        Dictionary<int, int> owner = [];
        HashSet<int> contested = [];
        for (int row = 0; row < rows.Length; row++)
        {
            foreach (int place in Claims(predicted, scores, classes, anchors, rows[row]))
            {
                if (!owner.TryAdd(place, row))
                {
                    contested.Add(place);
                }
            }
        }

        foreach (int place in contested)
        {
            owner[place] = Closest(predicted.Slice(4 * place, 4), anchors, place, rows);
        }

        double[] bestMetric = new double[rows.Length], bestOverlap = new double[rows.Length];
        int[] order = [.. owner.Keys.Order()];
        double[] metrics = new double[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            int row = owner[order[i]];
            double overlap = Overlap(predicted.Slice(4 * order[i], 4), rows[row]);
            metrics[i] = Metric(scores[(order[i] * classes) + rows[row].Label], overlap);
            bestMetric[row] = Math.Max(bestMetric[row], metrics[i]);
            bestOverlap[row] = Math.Max(bestOverlap[row], overlap);
        }

        return [.. order.Select((place, i) =>
            (place, owner[place], metrics[i] * bestOverlap[owner[place]] / (bestMetric[owner[place]] + Epsilon)))];
    }

    /// <summary>The best anchor points inside a box, by metric; equal ones in their order.</summary>
    private IEnumerable<int> Claims(ReadOnlySpan<float> predicted, ReadOnlySpan<float> scores, int classes, Anchors anchors, Targets.Row row)
    {
        List<(double Metric, int Place)> inside = [];
        for (int place = 0; place < anchors.Count; place++)
        {
            if (Contains(row, anchors, place))
            {
                double overlap = Overlap(predicted.Slice(4 * place, 4), row);
                inside.Add((Metric(scores[(place * classes) + row.Label], overlap), place));
            }
        }

        inside.Sort(static (a, b) => a.Metric != b.Metric ? b.Metric.CompareTo(a.Metric) : a.Place.CompareTo(b.Place));
        return inside.Take(TopK).Select(claim => claim.Place);
    }

    private int Closest(ReadOnlySpan<float> predicted, Anchors anchors, int place, Targets.Row[] rows)
    {
        int best = 0;
        double most = -1;
        for (int row = 0; row < rows.Length; row++)
        {
            double overlap = OverlapsInsideOnly && !Contains(rows[row], anchors, place) ? 0 : Overlap(predicted, rows[row]);
            if (overlap > most)
            {
                (best, most) = (row, overlap);
            }
        }

        return best;
    }

    private static bool Contains(in Targets.Row row, Anchors anchors, int place)
    {
        float x = anchors.Centres[2 * place], y = anchors.Centres[(2 * place) + 1];
        return Math.Min(Math.Min(x - row.X1, y - row.Y1), Math.Min(row.X2 - x, row.Y2 - y)) > Epsilon;
    }

    private static double Overlap(ReadOnlySpan<float> predicted, in Targets.Row row)
        => CompleteIou.Clamped(predicted, [row.X1, row.Y1, row.X2, row.Y2]);

    private double Metric(double score, double overlap) => Math.Pow(score, Alpha) * Math.Pow(overlap, Beta);
}
