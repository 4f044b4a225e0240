using Graft.Data;
using Graft.Detectors;

namespace Graft.Evaluation;

/// <summary>Confusion matrix of detection: (K+1)×(K+1) counts, rows predicted, columns annotated; last row false negatives, last column false positives.</summary>
/// <param name="Names">The K class names in label order.</param>
/// <param name="Counts">The rows.</param>
public sealed record ConfusionMatrix(IReadOnlyList<string> Names, IReadOnlyList<IReadOnlyList<int>> Counts)
{
    /// <summary>Counts over images: each annotation and each detection belongs to at most one pair, the largest IoU first.</summary>
    /// <param name="names">Class names in label order.</param>
    /// <param name="images">Annotations and detections per image.</param>
    /// <param name="score">Detections below this score are ignored.</param>
    /// <param name="overlap">Smallest IoU of a pair.</param>
    public static ConfusionMatrix Of(
        IReadOnlyList<string> names,
        IEnumerable<(IReadOnlyList<LabelledBox> Annotations, IReadOnlyList<Detection> Detections)> images,
        double score = 0.25,
        double overlap = 0.45)
    {
        int none = names.Count;
        int[][] counts = [.. Enumerable.Range(0, none + 1).Select(_ => new int[none + 1])];
        foreach ((IReadOnlyList<LabelledBox> annotations, IReadOnlyList<Detection> all) in images)
        {
            Detection[] detections = [.. all.Where(one => one.Score >= score)];
            int[] detectionOf = Pair(annotations, detections, overlap);
            for (int a = 0; a < annotations.Count; a++)
            {
                counts[detectionOf[a] < 0 ? none : detections[detectionOf[a]].Label][annotations[a].Label]++;
            }

            foreach (int falsePositive in Enumerable.Range(0, detections.Length).Except(detectionOf))
            {
                counts[detections[falsePositive].Label][none]++;
            }
        }

        return new ConfusionMatrix(names, counts);
    }

    /// <summary>A count as a share of its column: of the annotations of a class, or of the false positives; 0 for an empty column.</summary>
    public double Share(int row, int column)
    {
        int sum = Counts.Sum(counts => counts[column]);
        return sum == 0 ? 0 : (double)Counts[row][column] / sum;
    }

    private static int[] Pair(IReadOnlyList<LabelledBox> annotations, Detection[] detections, double overlap)
    {
        IEnumerable<(int Annotation, int Detection)> pairs =
            from a in Enumerable.Range(0, annotations.Count)
            from d in Enumerable.Range(0, detections.Length)
            let shared = annotations[a].Box.IntersectionOverUnion(detections[d].Box)
            where shared >= overlap
            orderby shared descending, detections[d].Score descending
            select (a, d);
        int[] detectionOf = new int[annotations.Count];
        Array.Fill(detectionOf, -1);
        foreach ((int a, int d) in pairs)
        {
            if (detectionOf[a] < 0 && !detectionOf.Contains(d))
            {
                detectionOf[a] = d;
            }
        }

        return detectionOf;
    }
}
