using System.Diagnostics;
using System.Text.Json;
using Graft.Data;
using Graft.Evaluation;

namespace Graft.Tests.Evaluation;

public class CocoEvaluatorTests
{
    private const double Tolerance = 1e-9;

    [Theory]
    [InlineData("main")]
    [InlineData("class_without_gt")]
    [InlineData("perfect_with_all_ties")]
    public void TwelveNumbers_MatchTheReference(string set)
    {
        JsonElement expected = Manifest(set).GetProperty("stats");
        CocoScores scores = Evaluate(set);
        Assert.Equal(expected.GetProperty("AP").GetDouble(), scores.Map, Tolerance);
        Assert.Equal(expected.GetProperty("AP50").GetDouble(), scores.Map50, Tolerance);
        Assert.Equal(expected.GetProperty("AP75").GetDouble(), scores.Map75, Tolerance);
        Assert.Equal(expected.GetProperty("AP_small").GetDouble(), scores.MapSmall, Tolerance);
        Assert.Equal(expected.GetProperty("AP_medium").GetDouble(), scores.MapMedium, Tolerance);
        Assert.Equal(expected.GetProperty("AP_large").GetDouble(), scores.MapLarge, Tolerance);
        Assert.Equal(expected.GetProperty("AR_max1").GetDouble(), scores.Mar1, Tolerance);
        Assert.Equal(expected.GetProperty("AR_max10").GetDouble(), scores.Mar10, Tolerance);
        Assert.Equal(expected.GetProperty("AR_max100").GetDouble(), scores.Mar100, Tolerance);
        Assert.Equal(expected.GetProperty("AR_small").GetDouble(), scores.MarSmall, Tolerance);
        Assert.Equal(expected.GetProperty("AR_medium").GetDouble(), scores.MarMedium, Tolerance);
        Assert.Equal(expected.GetProperty("AR_large").GetDouble(), scores.MarLarge, Tolerance);
    }

    [Theory]
    [InlineData("main")]
    [InlineData("class_without_gt")]
    [InlineData("perfect_with_all_ties")]
    public void ClassScores_MatchTheReference(string set)
    {
        foreach (CocoClassScores scores in Evaluate(set).PerClass)
        {
            JsonElement expected = Manifest(set).GetProperty("per_class").GetProperty($"{scores.CategoryId}");
            Assert.Equal($"class{scores.CategoryId}", scores.Name);
            Assert.Equal(OrUndefined(expected.GetProperty("AP")), scores.Ap, Tolerance);
            Assert.Equal(OrUndefined(expected.GetProperty("AP50")), scores.Ap50, Tolerance);
            Assert.Equal(OrUndefined(expected.GetProperty("AP75")), scores.Ap75, Tolerance);
            Assert.Equal(OrUndefined(expected.GetProperty("AR_max100")), scores.Ar100, Tolerance);
        }
    }

    [Theory]
    [InlineData("main")]
    [InlineData("class_without_gt")]
    [InlineData("perfect_with_all_ties")]
    public void Curves_MatchTheReference(string set)
    {
        string arrays = Shared.Golden("coco", set + "_arrays.npz");
        CocoCurves curves = Evaluate(set).Curves;
        (double[] precision, int[] shape) = Npz.Read(arrays, "precision");
        Assert.Equal([10, 101, curves.Classes, 4, 3], shape);

        // The reference stored precision in single precision.
        Assert.Equal(precision, curves.PrecisionValues.ToArray().Select(value => (double)(float)value));
        (double[] recall, int[] recallShape) = Npz.Read(arrays, "recall");
        Assert.Equal([10, curves.Classes, 4, 3], recallShape);
        Assert.Equal(recall.Length, curves.RecallValues.Length);
        for (int i = 0; i < recall.Length; i++)
        {
            Assert.Equal(recall[i], curves.RecallValues[i], Tolerance);
        }

        Assert.Equal(Npz.Read(arrays, "iou_thresholds").Values, CocoProtocol.IouThresholds);
        Assert.Equal(Npz.Read(arrays, "recall_thresholds").Values, CocoProtocol.RecallThresholds);
    }

    [Fact]
    public void ClassOrderOfTheFile_DoesNotMoveScoresBetweenNames()
    {
        (CocoGroundTruth truth, IReadOnlyList<CocoResult> results) = Load("main");
        CocoScores straight = CocoEvaluator.Evaluate(truth, results);
        CocoScores reversed = CocoEvaluator.Evaluate(truth with { Categories = [.. truth.Categories.Reverse()] }, results);
        Assert.Equal(straight.PerClass.Reverse(), reversed.PerClass);
        Assert.Equal(straight.Map, reversed.Map, Tolerance);
    }

    [Fact]
    public void ImagesInAnotherOrder_ScoreTheSame()
    {
        (CocoGroundTruth truth, IReadOnlyList<CocoResult> results) = Load("main");
        CocoScores shuffled = CocoEvaluator.Evaluate(truth with { ImageIds = [.. truth.ImageIds.Reverse()] }, results);
        Assert.Equal(CocoEvaluator.Evaluate(truth, results).Curves.PrecisionValues, shuffled.Curves.PrecisionValues);
    }

    [Fact]
    public void AnnotationWithIdZero_CountsUnlessPycocotoolsIsImitated()
    {
        CocoGroundTruth truth = new(
            [0, 1],
            [new(0, "scratch")],
            [new(0, 0, 0, 10, 10, 50, 50, 2500), new(1, 1, 0, 10, 10, 50, 50, 2500)]);
        CocoResult[] results = [new(0, 0, 10, 10, 50, 50, 0.9), new(1, 0, 10, 10, 50, 50, 0.8)];
        Assert.Equal(1, CocoEvaluator.Evaluate(truth, results).Map, Tolerance);

        // The first detection becomes a false positive: recall 0.5 at precision 0.5, sampled at the 51 levels up to 0.5.
        CocoScores imitated = CocoEvaluator.Evaluate(truth, results, pycocotoolsIds: true);
        Assert.Equal(0.5 * 51 / 101, imitated.Map, Tolerance);
        Assert.Equal(0.5, imitated.Mar100, Tolerance);
    }

    [Fact]
    public void NoObjectsAtAll_IsUndefined()
    {
        CocoScores scores = CocoEvaluator.Evaluate(new([1], [new(1, "dent")], []), [new(1, 1, 0, 0, 5, 5, 0.5)]);
        Assert.Equal(-1, scores.Map);
        Assert.Equal(-1, scores.PerClass.Single().Ap);
        Assert.Null(scores.Curves.Curve(0));
    }

    [Fact]
    public void NoDetections_ScoreZero()
    {
        CocoScores scores = CocoEvaluator.Evaluate(new([1], [new(1, "dent")], [new(1, 1, 1, 0, 0, 5, 5, 25)]), []);
        Assert.Equal(0, scores.Map);
        Assert.Equal(0, scores.MapSmall);
        Assert.Equal(-1, scores.MapLarge);
        Assert.Equal(0, scores.Mar100);
    }

    [Fact]
    public void DetectionOfAnUnknownImage_IsAnErrorThatNamesIt()
    {
        GraftException error = Assert.Throws<GraftException>(
            () => CocoEvaluator.Evaluate(new([1], [new(1, "dent")], []), [new(77, 1, 0, 0, 5, 5, 0.5)]));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("image 77", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DetectionsOfOtherClasses_AreSkippedAndCounted()
    {
        (CocoGroundTruth truth, IReadOnlyList<CocoResult> results) = Load("main");
        CocoScores scores = CocoEvaluator.Evaluate(truth, [.. results, new(truth.ImageIds[0], 999, 0, 0, 5, 5, 1)]);
        Assert.Equal(1, scores.ResultsOfOtherClasses);
        Assert.Equal(Evaluate("main").Map, scores.Map);
    }

    [Fact]
    public void BestPointOfACurve_HasTheHighestF1()
    {
        PrecisionRecallCurve curve = Evaluate("main").Curves.Curve(0)!;
        (double recall, double precision, double score, double f1) = curve.Best();
        Assert.Equal(2 * recall * precision / (recall + precision), f1, Tolerance);
        Assert.All(Enumerable.Range(0, 101), r => Assert.True(
            2 * curve.Recall[r] * curve.Precision[r] <= f1 * (curve.Recall[r] + curve.Precision[r]) + Tolerance));
        Assert.InRange(score, 0.001, 1);
    }

    [Fact]
    public void Json_HasTheNamesThatScriptsUse()
    {
        JsonElement json = JsonSerializer.SerializeToElement(Evaluate("main"));
        string[] names = ["map", "map50", "map75", "map_s", "map_m", "map_l", "mar_1", "mar_10", "mar_100", "mar_s", "mar_m", "mar_l"];
        Assert.All(names, name => Assert.Equal(JsonValueKind.Number, json.GetProperty(name).ValueKind));
        Assert.Equal(["name", "ap", "ap50"], new[] { "name", "ap", "ap50" }.Where(name => json.GetProperty("per_class")[0].TryGetProperty(name, out _)));
    }

    [Fact]
    public void AnEpochsDetections_AreScoredInASecond()
    {
        Random random = new(3);
        CocoAnnotation[] objects = [.. Enumerable.Range(0, 800).Select(i => new CocoAnnotation(
            i + 1, i % 120, (i % 6) + 1, random.Next(600), random.Next(600), 35, 35, 1225))];
        CocoResult[] results = [.. Enumerable.Range(0, 120 * 300).Select(i => new CocoResult(
            i % 120, random.Next(6) + 1, random.Next(600), random.Next(600), 35, 35, random.NextDouble()))];
        CocoCategory[] classes = [.. Enumerable.Range(1, 6).Select(id => new CocoCategory(id, $"{id}"))];
        CocoGroundTruth truth = new([.. Enumerable.Range(0, 120).Select(id => (long)id)], classes, objects);
        Stopwatch watch = Stopwatch.StartNew();
        CocoScores scores = CocoEvaluator.Evaluate(truth, results);
        Assert.InRange(scores.Map, 0, 0.5);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }

    private static double OrUndefined(JsonElement value) => value.ValueKind == JsonValueKind.Null ? -1 : value.GetDouble();

    private static CocoScores Evaluate(string set)
    {
        (CocoGroundTruth truth, IReadOnlyList<CocoResult> results) = Load(set);
        return CocoEvaluator.Evaluate(truth, results);
    }

    private static (CocoGroundTruth Truth, IReadOnlyList<CocoResult> Results) Load(string set) => (
        CocoGroundTruth.From(CocoFile.Read(Shared.Golden("coco", set + "_gt.json"))),
        CocoResultFile.Read(Shared.Golden("coco", set + "_detections.json")));

    private static JsonElement Manifest(string set)
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Shared.Golden("coco", "manifest.json")));
        return manifest.RootElement.GetProperty("sets").GetProperty(set).Clone();
    }
}
