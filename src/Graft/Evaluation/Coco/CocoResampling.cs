using System.Runtime.InteropServices;
using Graft.Data;

namespace Graft.Evaluation;

/// <summary>Scores the same detections on resampled images: an image's matches do not depend on the other images, so they are computed once.</summary>
public sealed class CocoResampling
{
    private const int AllAreas = CocoProtocol.AllAreas;

    private readonly Class[] _classes;
    private readonly int[] _places;

    private CocoResampling(Class[] classes, int[] places) => (_classes, _places) = (classes, places);

    /// <summary>Number of images.</summary>
    public int Images => _places.Length;

    /// <summary>Matches detections with annotations.</summary>
    /// <param name="groundTruth">Images, classes and annotations.</param>
    /// <param name="results">Detections of these images.</param>
    public static CocoResampling Of(CocoGroundTruth groundTruth, IReadOnlyList<CocoResult> results)
    {
        ArgumentNullException.ThrowIfNull(groundTruth);
        ArgumentNullException.ThrowIfNull(results);
        Dictionary<long, int> places = CocoEvaluator.Index(groundTruth.ImageIds);
        CocoMatchedClass[] matched = CocoEvaluator.MatchClasses(groundTruth, results, out _);
        return new CocoResampling([.. matched.Select(one => Class.Of(one, places.Count))], [.. groundTruth.ImageIds.Select(id => places[id])]);
    }

    /// <summary>Draws as many images as there are, with replacement.</summary>
    /// <param name="images">Number of images.</param>
    /// <param name="random">Decides.</param>
    /// <returns>How often each image is drawn, in the order of the ground truth.</returns>
    public static int[] Draw(int images, SplitMix64 random)
    {
        ArgumentNullException.ThrowIfNull(random);
        int[] times = new int[images];
        for (int i = 0; i < images; i++)
        {
            times[random.Integer(0, images - 1)]++;
        }

        return times;
    }

    /// <summary>Scores a sample.</summary>
    /// <param name="times">How often each image counts, in the order of the ground truth; one that counts twice is two images.</param>
    /// <returns>mAP at IoU 0.50 and at 0.50:0.95; −1 where undefined.</returns>
    public (double Map50, double Map) Score(IReadOnlyList<int> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        int[] weights = new int[_places.Length];
        for (int i = 0; i < _places.Length; i++)
        {
            weights[_places[i]] += times[i];
        }

        int defined = 0;
        double at50 = 0, all = 0;
        foreach (Class one in _classes)
        {
            long objects = one.Objects.Select((count, image) => (long)count * weights[image]).Sum();
            if (objects == 0)
            {
                continue;
            }

            defined++;
            double[] precision = [.. Enumerable.Range(0, CocoProtocol.IouThresholds.Count).Select(threshold => one.Precision(threshold, weights, objects))];
            at50 += precision[0];
            all += precision.Average();
        }

        return defined == 0 ? (-1, -1) : (at50 / defined, all / defined);
    }

    /// <summary>A class: objects of each image, and detections, best first.</summary>
    private sealed record Class(int[] Objects, CocoRankedDetection[] Detections)
    {
        internal static Class Of(CocoMatchedClass matched, int images)
        {
            int[] objects = new int[images], counted = new int[CocoProtocol.AreaRanges.Count];
            foreach ((int image, List<CocoAnnotation> group) in matched.Annotations)
            {
                Array.Clear(counted);
                CocoMatching.Count(CollectionsMarshal.AsSpan(group), counted);
                objects[image] = counted[AllAreas];
            }

            return new Class(objects, [.. matched.Detections.Where(detection => detection.Rank < CocoProtocol.MaxDetections[^1])]);
        }

        /// <summary>Mean precision over the recall levels at an IoU threshold.</summary>
        internal double Precision(int threshold, int[] weights, long objects)
        {
            double[] recall = new double[Detections.Length], precision = new double[Detections.Length];
            int length = 0;
            long right = 0, wrong = 0;
            foreach (ref readonly CocoRankedDetection detection in Detections.AsSpan())
            {
                int weight = weights[detection.Image];
                if (weight == 0 || detection.Matches.IsIgnored(AllAreas, threshold))
                {
                    continue;
                }

                bool matched = detection.Matches.IsMatched(AllAreas, threshold);
                right += matched ? weight : 0;
                wrong += matched ? 0 : weight;
                recall[length] = (double)right / objects;
                precision[length++] = (double)right / (right + wrong);
            }

            for (int i = length - 1; i > 0; i--)
            {
                precision[i - 1] = Math.Max(precision[i - 1], precision[i]);
            }

            double sum = 0;
            int next = 0;
            foreach (double level in CocoProtocol.RecallThresholds)
            {
                while (next < length && recall[next] < level)
                {
                    next++;
                }

                sum += next < length ? precision[next] : 0;
            }

            return sum / CocoProtocol.RecallThresholds.Count;
        }
    }
}
