using Graft.Data;
using Graft.Detectors;

namespace Graft.Evaluation;

/// <summary>Which classes are taken for which: (K+1)×(K+1) counts, rows found, columns true; last row missed, last column background.</summary>
/// <param name="Names">The K class names in label order.</param>
/// <param name="Counts">The rows.</param>
public sealed record ConfusionMatrix(IReadOnlyList<string> Names, IReadOnlyList<IReadOnlyList<int>> Counts)
{
    /// <summary>Counts over images: each true and each found box belongs to at most one pair, the best overlapping first.</summary>
    /// <param name="names">Class names in label order.</param>
    /// <param name="images">True and found boxes of each image.</param>
    /// <param name="score">Weaker detections are not looked at.</param>
    /// <param name="overlap">Smallest intersection over union of a pair.</param>
    public static ConfusionMatrix Of(
        IReadOnlyList<string> names,
        IEnumerable<(IReadOnlyList<LabelledBox> Truth, IReadOnlyList<Detection> Found)> images,
        double score = 0.25,
        double overlap = 0.45)
    {
        int none = names.Count;
        int[][] counts = [.. Enumerable.Range(0, none + 1).Select(_ => new int[none + 1])];
        foreach ((IReadOnlyList<LabelledBox> truth, IReadOnlyList<Detection> all) in images)
        {
            Detection[] found = [.. all.Where(one => one.Score >= score)];
            int[] foundOf = Pair(truth, found, overlap);
            for (int t = 0; t < truth.Count; t++)
            {
                counts[foundOf[t] < 0 ? none : found[foundOf[t]].Label][truth[t].Label]++;
            }

            foreach (int alarm in Enumerable.Range(0, found.Length).Except(foundOf))
            {
                counts[found[alarm].Label][none]++;
            }
        }

        return new ConfusionMatrix(names, counts);
    }

    /// <summary>A count as a share of its column: of the true boxes of a class, or of the false alarms; 0 for an empty column.</summary>
    public double Share(int row, int column)
    {
        int sum = Counts.Sum(counts => counts[column]);
        return sum == 0 ? 0 : (double)Counts[row][column] / sum;
    }

    private static int[] Pair(IReadOnlyList<LabelledBox> truth, Detection[] found, double overlap)
    {
        IEnumerable<(int Truth, int Found)> pairs =
            from t in Enumerable.Range(0, truth.Count)
            from f in Enumerable.Range(0, found.Length)
            let shared = truth[t].Box.IntersectionOverUnion(found[f].Box)
            where shared >= overlap
            orderby shared descending, found[f].Score descending
            select (t, f);
        int[] foundOf = new int[truth.Count];
        Array.Fill(foundOf, -1);
        foreach ((int t, int f) in pairs)
        {
            if (foundOf[t] < 0 && !foundOf.Contains(f))
            {
                foundOf[t] = f;
            }
        }

        return foundOf;
    }
}
