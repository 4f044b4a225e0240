using CsCheck;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;

namespace Graft.Tests.Evaluation;

/// <summary>Suppression and metrics against their definitions, written as a few slow lines.</summary>
[SideBySide]
public sealed class EvaluationLawTests
{
    private const int Classes = 3, Images = 3;

    private static readonly Gen<Box> Boxes = Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40], Gen.Int[1, 25], Gen.Int[1, 25]).Select(
        (x, y, width, height) => Box.FromSize(x, y, width, height));

    private static readonly Gen<(int Image, int Class, Box Box)[]> Objects = Gen.Select(Gen.Int[1, Images], Gen.Int[1, Classes], Boxes).Array[0, 12];

    [Fact]
    public void Suppression_KeepsWhatNoBetterKeptBoxOfItsGroupOverlaps()
        => Law.Holds(Gen.Select(Gen.Select(Gen.Int[0, 2], Boxes).Array[0, 20], Gen.Int[0, 9], Gen.Int[1, 25]), one =>
        {
            ((int Group, Box Box)[] boxes, int tenths, int limit) = one;

            // Between the ratios of small whole numbers, so that no rounding decides.
            float threshold = (tenths / 10f) + 0.0317f;
            List<int> kept = [];
            for (int i = 0; i < boxes.Length; i++)
            {
                if (kept.TrueForAll(k => boxes[k].Group != boxes[i].Group || boxes[k].Box.IntersectionOverUnion(boxes[i].Box) <= threshold))
                {
                    kept.Add(i);
                }
            }

            float[] corners = [.. boxes.SelectMany(each => new[] { (float)each.Box.X1, (float)each.Box.Y1, (float)each.Box.X2, (float)each.Box.Y2 })];
            Assert.Equal(kept.Take(limit), Suppression.Run(corners, [.. boxes.Select(each => each.Group)], threshold, limit));
        });

    [Fact]
    public void AveragePrecision_IsThatOfItsDefinition()
        => Law.Holds(Gen.Select(Objects, Objects, Gen.Int[0, 1000]), one =>
        {
            ((int Image, int Class, Box Box)[] objects, (int Image, int Class, Box Box)[] detections, int seed) = one;
            CocoGroundTruth truth = Truth(objects);
            CocoResult[] results = Results(detections, seed);
            CocoScores scores = CocoEvaluator.Evaluate(truth, results);
            for (int label = 1; label <= Classes; label++)
            {
                Assert.Equal(AveragePrecision(
                    [.. truth.Annotations.Where(each => each.CategoryId == label)], [.. results.Where(each => each.CategoryId == label)]),
                    scores.PerClass[label - 1].Ap50, 1e-9);
            }
        });

    [Fact]
    public void Scores_DependOnTheOrderOfTheScoresAlone()
        => Law.Holds(Gen.Select(Objects, Objects, Gen.Int[0, 1000]), one =>
        {
            CocoGroundTruth truth = Truth(one.Item1);
            CocoResult[] results = Results(one.Item2, one.Item3);
            CocoScores straight = CocoEvaluator.Evaluate(truth, results);
            CocoScores squeezed = CocoEvaluator.Evaluate(truth, [.. results.Reverse().Select(each => each with { Score = each.Score / 8 })]);
            Assert.Equal(straight.PerClass, squeezed.PerClass);
        });

    [Fact]
    public void PerfectDetections_ScoreOne()
        => Law.Holds(Objects.Where(objects => objects.Length > 0), objects =>
        {
            CocoScores scores = CocoEvaluator.Evaluate(Truth(objects), Results(objects, 1));
            Assert.Equal(1, scores.Map, 1e-9);
            Assert.Equal(1, scores.Mar100, 1e-9);
        });

    [Fact]
    public void ConfusionMatrix_CountsEveryAnnotationAndEveryDetectionOnce()
        => Law.Holds(Gen.Select(Objects, Objects), one =>
        {
            ((int Image, int Class, Box Box)[] objects, (int Image, int Class, Box Box)[] detections) = one;
            ConfusionMatrix matrix = ConfusionMatrix.Of(["a", "b", "c"], Enumerable.Range(1, Images).Select(image => (
                (IReadOnlyList<LabelledBox>)[.. objects.Where(each => each.Image == image).Select(each => new LabelledBox(each.Class - 1, each.Box))],
                (IReadOnlyList<Detection>)[.. detections.Where(each => each.Image == image).Select(each => new Detection(each.Class - 1, 0.9f, each.Box))])));
            for (int label = 0; label < Classes; label++)
            {
                Assert.Equal(objects.Count(each => each.Class == label + 1), matrix.Counts.Sum(row => row[label]));
                Assert.Equal(detections.Count(each => each.Class == label + 1), matrix.Counts[label].Sum());
            }

            Assert.Equal(0, matrix.Counts[Classes][Classes]);
        });

    [Fact]
    public void ResultFile_ReadsBackTheSame()
    {
        using TemporaryFolder folder = new();
        Law.Holds(Gen.Select(Gen.Long, Gen.Long, Gen.Double[-1e6, 1e6].Array[4], Gen.Double[0, 1]).Array[0, 6], results =>
        {
            CocoResult[] written = [.. results.Select(each => new CocoResult(
                each.Item1, each.Item2, each.Item3[0], each.Item3[1], each.Item3[2], each.Item3[3], each.Item4))];
            string path = folder.At("results.json");
            CocoResultFile.Write(path, written);
            Assert.Equal(written, CocoResultFile.Read(path));
        });
    }

    private static CocoGroundTruth Truth((int Image, int Class, Box Box)[] objects) => new(
        [.. Enumerable.Range(1, Images).Select(id => (long)id)],
        [.. Enumerable.Range(1, Classes).Select(id => new CocoCategory(id, $"class{id}"))],
        [.. objects.Select((each, i) => new CocoAnnotation(
            i + 1, each.Image, each.Class, each.Box.X1, each.Box.Y1, each.Box.Width, each.Box.Height, each.Box.Area))]);

    /// <summary>Detections with scores that all differ, in an order of the seed.</summary>
    private static CocoResult[] Results((int Image, int Class, Box Box)[] detections, int seed) => [.. detections.Select((each, i) => new CocoResult(
        each.Image, each.Class, each.Box.X1, each.Box.Y1, each.Box.Width, each.Box.Height, ((((i + 1) * 7919) + seed) % 1009 / 1009.0) + (i / 1e6)))];

    /// <summary>AP at IoU 0.5: detections by score, each matched with the best free object of its image; precision at 101 recalls.</summary>
    private static double AveragePrecision(CocoAnnotation[] objects, CocoResult[] results)
    {
        if (objects.Length == 0)
        {
            return -1;
        }

        HashSet<long> taken = [];
        List<(double Recall, double Precision)> points = [];
        foreach (CocoResult result in results.OrderByDescending(each => each.Score))
        {
            Box box = Box.FromSize(result.X, result.Y, result.Width, result.Height);
            (long id, double overlap) = objects.Where(each => each.ImageId == result.ImageId && !taken.Contains(each.Id))
                .Select(each => (each.Id, Overlap: box.IntersectionOverUnion(Box.FromSize(each.X, each.Y, each.Width, each.Height))))
                .OrderBy(each => each.Overlap).ThenBy(each => each.Id).LastOrDefault();
            if (overlap >= 0.5)
            {
                taken.Add(id);
            }

            points.Add(((double)taken.Count / objects.Length, (double)taken.Count / (points.Count + 1)));
        }

        return CocoProtocol.RecallThresholds.Average(
            recall => points.Where(point => point.Recall >= recall).Select(point => point.Precision).DefaultIfEmpty(0).Max());
    }
}
