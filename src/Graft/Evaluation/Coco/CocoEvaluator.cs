using System.Runtime.InteropServices;
using Graft.Data;

namespace Graft.Evaluation;

/// <summary>The COCO box metric (the protocol of the COCO evaluation code), in double precision.</summary>
public static class CocoEvaluator
{
    private static readonly int Limit = CocoProtocol.MaxDetections[^1];

    /// <summary>Scores detections against annotations.</summary>
    /// <param name="groundTruth">Images, classes and annotations.</param>
    /// <param name="results">Detections in any order; equal scores in an image keep this order.</param>
    /// <param name="pycocotoolsIds">
    /// Treats a match with the annotation whose id is 0 as a miss, as pycocotools does: only for comparing with numbers made by it.
    /// </param>
    /// <exception cref="GraftException">
    /// Of kind Data: a detection of an image that is not in the ground truth, or a score that is not a number.
    /// </exception>
    public static CocoScores Evaluate(CocoGroundTruth groundTruth, IReadOnlyList<CocoResult> results, bool pycocotoolsIds = false)
    {
        ArgumentNullException.ThrowIfNull(groundTruth);
        CocoMatchedClass[] matched = MatchClasses(groundTruth, results, out int others, pycocotoolsIds);
        CocoCurves curves = new(matched.Length);
        CocoClassScores[] perClass = new CocoClassScores[matched.Length];
        for (int k = 0; k < matched.Length; k++)
        {
            int[] counted = new int[CocoProtocol.AreaRanges.Count];
            foreach (List<CocoAnnotation> group in matched[k].Annotations.Values)
            {
                CocoMatching.Count(CollectionsMarshal.AsSpan(group), counted);
            }

            CocoAccumulation.Accumulate(curves, k, counted, matched[k].Detections);
            perClass[k] = new CocoClassScores(
                groundTruth.Categories[k].Id,
                groundTruth.Categories[k].Name,
                CocoScores.Precision(curves, null, k, CocoProtocol.AllAreas),
                CocoScores.Precision(curves, 0, k, CocoProtocol.AllAreas),
                CocoScores.Precision(curves, 5, k, CocoProtocol.AllAreas),
                CocoScores.Recall(curves, k, CocoProtocol.AllAreas, CocoProtocol.MaxDetections.Count - 1),
                counted[CocoProtocol.AllAreas]);
        }

        return CocoScores.Summarize(curves, perClass, others);
    }

    /// <summary>Matches the detections of every class with its annotations.</summary>
    internal static CocoMatchedClass[] MatchClasses(CocoGroundTruth groundTruth, IReadOnlyList<CocoResult> results, out int others, bool pycocotoolsIds = false)
    {
        Dictionary<long, int> images = Index(groundTruth.ImageIds);
        long[] ids = [.. groundTruth.Categories.Select(category => category.Id)];
        Dictionary<long, int> classes = [];
        for (int k = 0; k < ids.Length; k++)
        {
            classes.TryAdd(ids[k], k);
        }

        Dictionary<int, List<CocoAnnotation>>[] annotations = Group(groundTruth.Annotations, images, classes, ids.Length);
        List<Ranked>[] detections = Rank(results, images, classes, ids.Length, out others);
        CocoMatching matching = new(pycocotoolsIds);
        return [.. ids.Select((_, k) => new CocoMatchedClass(annotations[k], Match(detections[k], results, annotations[k], matching)))];
    }

    private static CocoRankedDetection[] Match(
        List<Ranked> detections, IReadOnlyList<CocoResult> results, Dictionary<int, List<CocoAnnotation>> annotations, CocoMatching matching)
    {
        // By image, best first, ties in the order given; equal scores are accumulated in this order too.
        detections.Sort();
        List<CocoRankedDetection> ranked = [];
        CocoResult[] group = new CocoResult[Limit];
        CocoMatches[] matches = new CocoMatches[Limit];
        for (int start = 0; start < detections.Count;)
        {
            int end = start;
            while (end < detections.Count && detections[end].Image == detections[start].Image)
            {
                end++;
            }

            int count = Math.Min(end - start, Limit);
            for (int d = 0; d < count; d++)
            {
                group[d] = results[detections[start + d].Index];
                matches[d] = default;
            }

            annotations.TryGetValue(detections[start].Image, out List<CocoAnnotation>? ofImage);
            matching.Match(group.AsSpan(0, count), CollectionsMarshal.AsSpan(ofImage), matches.AsSpan(0, count));
            for (int d = 0; d < count; d++)
            {
                ranked.Add(new CocoRankedDetection(group[d].Score, ranked.Count, detections[start].Image, d, matches[d]));
            }

            start = end;
        }

        CocoRankedDetection[] sorted = [.. ranked];
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>Places of image ids in their order.</summary>
    internal static Dictionary<long, int> Index(IEnumerable<long> ids)
    {
        long[] sorted = [.. ids.Distinct().Order()];
        Dictionary<long, int> index = new(sorted.Length);
        for (int i = 0; i < sorted.Length; i++)
        {
            index.Add(sorted[i], i);
        }

        return index;
    }

    private static Dictionary<int, List<CocoAnnotation>>[] Group(
        IReadOnlyList<CocoAnnotation> annotations, Dictionary<long, int> images, Dictionary<long, int> classes, int count)
    {
        Dictionary<int, List<CocoAnnotation>>[] groups =
            [.. Enumerable.Range(0, count).Select(_ => new Dictionary<int, List<CocoAnnotation>>())];
        foreach (CocoAnnotation annotation in annotations)
        {
            if (images.TryGetValue(annotation.ImageId, out int image) && classes.TryGetValue(annotation.CategoryId, out int label))
            {
                if (!groups[label].TryGetValue(image, out List<CocoAnnotation>? group))
                {
                    groups[label].Add(image, group = []);
                }

                group.Add(annotation);
            }
        }

        return groups;
    }

    private static List<Ranked>[] Rank(
        IReadOnlyList<CocoResult> results, Dictionary<long, int> images, Dictionary<long, int> classes, int count, out int others)
    {
        List<Ranked>[] ranked = [.. Enumerable.Range(0, count).Select(_ => new List<Ranked>())];
        others = 0;
        for (int i = 0; i < results.Count; i++)
        {
            CocoResult result = results[i];
            if (!images.TryGetValue(result.ImageId, out int image))
            {
                throw new GraftException(
                    Failure.Data,
                    $"Detection {i} belongs to image {result.ImageId}, which the ground truth does not have.",
                    "Evaluate detections against the annotations of the same images.");
            }

            if (double.IsNaN(result.Score))
            {
                throw new GraftException(Failure.Data, $"Detection {i} (image {result.ImageId}) has a score that is not a number.");
            }

            if (classes.TryGetValue(result.CategoryId, out int label))
            {
                ranked[label].Add(new Ranked(image, result.Score, i));
            }
            else
            {
                others++;
            }
        }

        return ranked;
    }

    private readonly record struct Ranked(int Image, double Score, int Index) : IComparable<Ranked>
    {
        public int CompareTo(Ranked other)
        {
            int order = Image.CompareTo(other.Image);
            order = order != 0 ? order : other.Score.CompareTo(Score);
            return order != 0 ? order : Index.CompareTo(other.Index);
        }
    }
}
