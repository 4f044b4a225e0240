using Graft.Data;
using Graft.Evaluation;

namespace Graft.Tests.Evaluation;

public class CocoResultCheckTests
{
    private static readonly CocoFile Truth = new(
        "gt.json",
        [new(1, "a.png", 100, 100), new(2, "b.png", 100, 100), new(3, "c.png", 0, 0)],
        [new(1, "dent"), new(2, "scratch")],
        [new(1, 1, 1, 10, 10, 30, 30, 900), new(2, 2, 2, 20, 20, 40, 40, 1600)]);

    private static readonly CocoResult[] Sound = [new(1, 1, 10, 10, 30, 30, 0.9), new(2, 2, 20, 20, 40, 40, 0.8)];

    [Fact]
    public void ValidDetections_PassUnchanged()
    {
        CocoResultCheck check = CocoResultCheck.Of("dt.json", Sound, Truth);
        Assert.Same(Sound, check.Results);
        Assert.Empty(check.Remarks);
    }

    [Fact]
    public void Files_AreReadCheckedAndScored()
    {
        using TemporaryFolder folder = new();
        string results = folder.At("dt.json"), annotations = folder.Write("gt.json", """
            {"images": [{"id": 1, "file_name": "a.png", "width": 100, "height": 100}],
             "categories": [{"id": 1, "name": "dent"}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 30, 30], "area": 900}]}
            """);
        CocoResultFile.Write(results, [Sound[0], Sound[0] with { ImageId = 8 }]);
        CocoResultCheck check = CocoResultCheck.OfFiles(results, annotations);
        Assert.Contains("1 detection of 1 image", Assert.Single(check.Remarks), StringComparison.Ordinal);
        Assert.Equal(1, check.Evaluate().Map, 1e-9);
    }

    [Fact]
    public void DetectionsThatCannotBeScored_AreRefusedWithTheNameOfTheirFile()
    {
        CocoResultCheck check = CocoResultCheck.Of("dt.json", [Sound[0] with { Score = double.NaN }, Sound[1]], Truth);
        GraftException error = Assert.Throws<GraftException>(() => check.Evaluate());
        Assert.Equal(Failure.Data, error.Failure);
        Assert.StartsWith("dt.json: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingInCommon_IsRefused()
    {
        Refuses([new(77, 1, 1, 1, 5, 5, 1)], "have no image in common: the detections have image 77, the annotations have image 1, 2, 3.");
        Refuses([new(1, 9, 1, 1, 5, 5, 1)], "have no category in common: the detections have category 9, the annotations have category 1, 2.");
        GraftException error = Assert.Throws<GraftException>(() => CocoResultCheck.Of("dt.json", Sound, Truth with { Annotations = [] }));
        Assert.Contains("gt.json: has no annotations", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IdsThatCountFromAnotherNumber_AreRefused()
    {
        Refuses([.. Sound.Select(one => one with { CategoryId = one.CategoryId - 1 })], "number the category ids differently");
        Refuses([.. Sound.Select(one => one with { CategoryId = one.CategoryId + 1 })], "number the category ids differently");
        Refuses([.. Sound.Select(one => one with { ImageId = one.ImageId - 1 })], "number the image ids differently");
        CocoFile gaps = Truth with { Categories = [new(1, "dent"), new(2, "scratch"), new(7, "hole")] };
        Refuses([.. Sound, new(1, 0, 1, 1, 5, 5, 0.1)], "number the category ids differently: the detections have category 0, 1, 2", gaps);
    }

    [Fact]
    public void BoxesThatAreNotInPixels_AreRefused()
    {
        Refuses([new(1, 1, 0.1, 0.1, 0.3, 0.3, 1)], "the only box lies within 0 to 1");
        Refuses([new(1, 1, 210, 10, 30, 30, 1)], "the only box lies outside its image");
    }

    [Fact]
    public void Oddities_AreOneCountedLine()
    {
        Assert.Equal(["dt.json: lists no detections; every metric is 0"], CocoResultCheck.Of("dt.json", [], Truth).Remarks);
        CocoResultCheck check = CocoResultCheck.Of("dt.json", [.. Sound, new(8, 1, 1, 1, 5, 5, 0.5), new(9, 1, 1, 1, 5, 5, 0.5)], Truth);
        Assert.Equal(Sound, check.Results);
        Assert.Equal(["dt.json: 2 detections of 2 images that gt.json does not have, ignored (image 8, 9)"], check.Remarks);
        Assert.Equal(
            ["dt.json: 1 detection of 1 category that gt.json does not have, ignored (category 9)"],
            CocoResultCheck.Of("dt.json", [.. Sound, new(1, 9, 1, 1, 5, 5, 0.5)], Truth).Remarks);
        Assert.Equal(
            ["dt.json: 1 box outside the image", "dt.json: 1 box without width or height", "dt.json: 1 score outside 0 to 1; only their order counts"],
            CocoResultCheck.Of("dt.json", [.. Sound, new(1, 1, 10, 10, 30, 0, 90), new(1, 1, 200, 10, 30, 20, 0.1)], Truth).Remarks);
        Assert.Equal(
            ["dt.json: 2 of 2 boxes reach beyond the image; expected [x, y, width, height], not [x1, y1, x2, y2]",
                "dt.json: all 2 scores are 0.5; the order of the file decides the precision"],
            CocoResultCheck.Of("dt.json", [new(1, 1, 60, 60, 90, 90, 0.5), new(2, 2, 50, 50, 80, 80, 0.5)], Truth).Remarks);
    }

    private static void Refuses(CocoResult[] results, string words, CocoFile? truth = null)
    {
        GraftException error = Assert.Throws<GraftException>(() => CocoResultCheck.Of("dt.json", results, truth ?? Truth));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("dt.json", error.Message, StringComparison.Ordinal);
    }
}
