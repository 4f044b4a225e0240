using Graft.Data;
using Graft.Detectors;

namespace Graft.Tests.Data;

/// <summary>Files of annotation tools are read correctly, or refused with a clear message: the table of docs/data.md in tests.</summary>
public sealed class ExporterHabitsTests : IDisposable
{
    private const string Image = """{ "id": 1, "file_name": "a.png", "width": 64, "height": 64 }""";
    private const string Class = """{ "id": 1, "name": "disc" }""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 4, 20, 20], "area": 0 }""", DataProblemKind.AreaFromBox)]
    [InlineData("""{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 4, 20, 20], "area": null, "segmentation": null }""", null)]
    [InlineData("""{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 4, 20, 20], "area": -3.5 }""", DataProblemKind.AreaFromBox)]
    [InlineData("""{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 4, 20, 20], "iscrowd": 1 }""", DataProblemKind.CrowdEverywhere)]
    [InlineData("""{ "id": 1, "image_id": 1, "category_id": 1, "segmentation": [[4, 4, 24, 4, 24, 24, 4, 24]] }""", DataProblemKind.BoxFromPolygon)]
    [InlineData("""{ "id": 1, "image_id": 1, "category_id": 1, "bbox": null, "segmentation": [4, 4, 24, 4, 24, 24, 4, 24] }""", DataProblemKind.BoxFromPolygon)]
    [InlineData("""{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 0, 0], "segmentation": [[4, 4, 24, 4, 24, 24], [4, 24, 10, 24, 10, 20]] }""", DataProblemKind.BoxFromPolygon)]
    [InlineData("""{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [], "segmentation": [[4, 4, 24, 4, 24, 24, 4, 24]] }""", DataProblemKind.BoxFromPolygon)]
    [InlineData("""{ "image_id": 1, "category_id": 1, "bbox": [4, 4, 20, 20] }""", DataProblemKind.NumberedAnnotation)]
    [InlineData("""{ "id": null, "image_id": 1, "category_id": 1, "bbox": [4, 4, 20, 20] }""", DataProblemKind.NumberedAnnotation)]
    [InlineData("""{ "id": "1", "image_id": "1", "category_id": "1", "bbox": [4, 4, 20, 20] }""", null)]
    public void Annotations_BecomeTheBoxThatIsMeant(string annotation, DataProblemKind? noted)
    {
        DetectionDataset set = OpenCoco(Image, Class, annotation);
        Assert.Equal(new LabelledBox(0, new Box(4, 4, 24, 24)), Assert.Single(set.Images[0].Objects));
        Assert.Equal((400, false), (set.Annotations.Single().Area, set.Annotations.Single().Crowd));
        Assert.Equal(noted is null ? [] : [noted.Value], set.Problems.List().Select(problem => problem.Kind));
    }

    [Theory]
    [InlineData("""{ "id": 1, "image_id": 1, "category_id": null, "bbox": [4, 4, 20, 20] }""", "annotation 1 has no category_id")]
    [InlineData("""{ "id": 1, "image_id": 1, "category_id": 1, "segmentation": { "counts": "abc", "size": [64, 64] } }""", "annotation 1 has no bbox")]
    [InlineData("""{ "id": 1, "image_id": 1, "category_id": 1, "bbox": null }""", "annotation 1 has no bbox")]
    public void WhatCannotBeFilledIn_IsRefusedWithItsPlace(string annotation, string message)
    {
        GraftException error = Assert.Throws<GraftException>(() => OpenCoco(Image, Class, annotation));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("train.json:1: annotations[0]: " + message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImagesThatAreNamedByTheirAddress_AreFound()
    {
        string image = """{ "id": 1, "coco_url": "http://images.example/train/a.png", "width": 64, "height": 64 }""";
        Assert.Single(OpenCoco(image, Class, """{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 4, 20, 20] }""").Images);
    }

    [Fact]
    public void SomeCrowds_StayCrowds()
    {
        DetectionDataset set = OpenCoco(
            Image, Class,
            """{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 4, 20, 20], "iscrowd": 1 }, { "id": 2, "image_id": 1, "category_id": 1, "bbox": [30, 30, 9, 9] }""");
        Assert.Equal(new Box(30, 30, 39, 39), Assert.Single(set.Images[0].Objects).Box);
        Assert.Equal([true, false], set.Annotations.Select(annotation => annotation.Crowd));
    }

    [Theory]
    [InlineData("square", "square")]
    [InlineData("parts", "parts")]
    public void CategoryThatOnlyGroupsOthers_IsSkipped(string root, string group)
    {
        string categories = $$"""
            { "id": 0, "name": "{{root}}", "supercategory": "none" },
            { "id": 1, "name": "disc", "supercategory": "{{group}}" }, { "id": 2, "name": "square", "supercategory": "{{group}}" }
            """;
        DetectionDataset set = OpenCoco(Image, categories, """{ "id": 1, "image_id": 1, "category_id": 2, "bbox": [4, 4, 20, 20] }""");
        Assert.Equal(["disc", "square"], set.ClassNames);
        Assert.Equal(1, set.Images[0].Objects.Single().Label);
        Assert.Equal(DataProblemKind.GroupCategory, Assert.Single(set.Problems.List()).Kind);
    }

    [Fact]
    public void CategoryThatIsItsOwnGroup_Stays()
    {
        string categories = """{ "id": 1, "name": "disc", "supercategory": "disc" }, { "id": 2, "name": "square", "supercategory": "disc" }""";
        DetectionDataset set = OpenCoco(Image, categories, """{ "id": 1, "image_id": 1, "category_id": 2, "bbox": [4, 4, 20, 20] }""");
        Assert.Equal(["disc", "square"], set.ClassNames);
    }

    [Theory]
    [InlineData("""{ "version": "5", "shapes": [], "imagePath": "a.png" }""", "a LabelMe file")]
    [InlineData("""{ "_via_settings": {}, "_via_img_metadata": {} }""", "a VIA project")]
    [InlineData("""{ "a.png3": { "filename": "a.png", "size": 3, "regions": [] } }""", "a VIA annotation file")]
    [InlineData("""{ "assets": { "1": {} } }""", "a VoTT export")]
    [InlineData("""[{ "image": "a.png", "annotations": [] }]""", "a CreateML annotation file")]
    [InlineData("""[{ "id": 7, "data": { "image": "/data/upload/a.png" }, "annotations": [] }]""", "a Label Studio export")]
    [InlineData("""[{ "image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2], "score": 0.5 }]""", "a COCO result file")]
    public void FilesOfOtherTools_AreNamed(string json, string name)
    {
        _folder.Write("annotations/train.json", json);
        GraftException error = Assert.Throws<GraftException>(() => OpenSplit(_folder.Path));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("is " + name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CocoBoxesAsCorners_AreRefused()
    {
        string[] boxes = ["[10, 10, 50, 50]", "[30, 30, 60, 60]", "[20, 40, 60, 62]", "[40, 8, 60, 30]"];
        GraftException error = Assert.Throws<GraftException>(() => OpenCoco(
            Image, Class, string.Join(',', boxes.Select((box, i) => $$"""{ "id": {{i}}, "image_id": 1, "category_id": 1, "bbox": {{box}} }"""))));
        Assert.Contains("3 of 4 boxes reach outside their images, and all of them read as corners", error.Message, StringComparison.Ordinal);
        Assert.Equal(Failure.Data, error.Failure);
    }

    [Fact]
    public void YoloBoxesAsCorners_AreRefused()
    {
        WriteYolo("names: [disc]", "0 0.2 0.2 0.9 0.9\n0 0.5 0.5 0.9 0.9\n0 0.3 0.6 0.9 0.95\n0 0.6 0.1 0.95 0.4");
        Assert.Contains("expected class cx cy w h", Assert.Throws<GraftException>(() => OpenSplit(_folder.At("data.yaml"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kpt_shape: [2, 3]", "0 0.25 0.3125 0.3125 0.3125 0.2 0.3 2 0.4 0.4 1")]
    [InlineData("kpt_shape: [2, 2]", "0 0.25 0.3125 0.3125 0.3125 0.2 0.3 0.4 0.4")]
    [InlineData("kpt_shape: [2, 3]", "0 0.25 0.3125 0.3125 0.3125 0 0 0 0 0 0")]
    [InlineData("kpt_shape: [2, 3]", "0 0.25 0.3125 0.3125 0.3125")]
    public void KeyPointLabels_AreTheirBoxes(string shape, string line)
    {
        WriteYolo("names: [disc]\n" + shape, line);
        Box box = OpenSplit(_folder.At("data.yaml")).Images[0].Objects.Single().Box;
        Assert.Equal([6, 10, 26, 30], new[] { box.X1, box.Y1, box.X2, box.Y2 }.Select(value => Math.Round(value, 6)));
    }

    [Theory]
    [InlineData("names: [disc]\nkpt_shape: [3, 3]", "0 0.25 0.3125 0.3125 0.3125 0.2 0.3 2 0.4 0.4 1", "1 label line that is not")]
    [InlineData("names: [disc]\nkpt_shape: 17", "0 0.5 0.5 0.1 0.1", "data.yaml:4: found '17', expected kpt_shape")]
    [InlineData("names: [disc]", "0 0.25 0.3 0.3 0.3 0.2 0.3 2 0.4 0.4 1\n", "1 label line that is not")]
    [InlineData("names: [disc]", "0 0.25 0.3 0.3 0.3 0.2 0.3 1 0.3 0.4 1\n0 0.5 0.5 0.2 0.2 0.5 0.5 1 0.45 0.55 1\n0 0.7 0.7 0.2 0.2 0.7 0.7 0 0.7 0.7 1", "look like boxes with key points")]
    [InlineData("names: [disc]", "0 0.5 0.5 0.2 0.2 0.9 1\n0 0.4 0.5 0.2 0.2 0.8 1\n0 0.6 0.5 0.2 0.2 0.7 1", "look like boxes with two more values")]
    [InlineData("names: disc, square", "0 0.5 0.5 0.1 0.1", "names is the text 'disc, square'")]
    public void KeyPointsThatDataYamlDoesNotDescribe_AreRefused(string yaml, string lines, string message)
    {
        WriteYolo(yaml, lines);
        GraftException error = Assert.Throws<GraftException>(() => OpenSplit(_folder.At("data.yaml")));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0;0.5;0.5;0.1;0.1", "separated by spaces")]
    [InlineData("0 0,5 0,5 0,1 0,1", "decimals have a point")]
    [InlineData("0 32 32 8 8", "pixels?")]
    [InlineData("0 0.5 0.5 0.1 0.1 0.93", "is it a detection with its score?")]
    public void MalformedLines_SayWhatTheyProbablyAre(string line, string reason)
    {
        WriteYolo("names: [disc]", line);
        Assert.Contains(reason, Assert.Throws<GraftException>(() => OpenSplit(_folder.At("data.yaml"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CocoBoxesAsFractions_AreRefused()
        => Assert.Contains("lie within 0 to 1; expected [x, y, width, height] in pixels", Assert.Throws<GraftException>(() => OpenCoco(
            Image, Class, """{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [0.1, 0.1, 0.3, 0.3] }""")).Message, StringComparison.Ordinal);

    [Fact]
    public void OneFileWithoutASplit_IsNamed()
    {
        PngFile.Write(_folder, "images/train/a.png", 64, 64);
        _folder.Write("annotations/instances_default.json", "{}");
        GraftException error = Assert.Throws<GraftException>(() => OpenSplit(_folder.Path));
        Assert.Contains("instances_default.json: its name says neither training nor validation split", error.Message, StringComparison.Ordinal);
        Assert.Contains("data.train", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void ClassesThatDifferByCase_AreReported()
    {
        string categories = """{ "id": 1, "name": "disc" }, { "id": 2, "name": "Disc" }""";
        DetectionDataset set = OpenCoco(Image, categories, """{ "id": 1, "image_id": 1, "category_id": 2, "bbox": [4, 4, 20, 20] }""");
        Assert.Equal("1 group of classes whose names differ by case or punctuation only, which a prompt cannot tell apart ('disc' and 'Disc')", Assert.Single(set.Problems.List()).ToString());
    }

    [Fact]
    public void OrientedBoxes_AreTheBoxesAroundThem()
    {
        WriteYolo("names: [disc]", "0 0.5 0.25 0.75 0.5 0.5 0.75 0.25 0.5");
        Assert.Equal(new Box(16, 16, 48, 48), OpenSplit(_folder.At("data.yaml")).Images[0].Objects.Single().Box);
    }

    [Fact]
    public void ClassesTxt_NamesTheClassesOfAFolderWithoutDataYaml()
    {
        WriteYolo("names: [unused]", "1 0.5 0.5 0.5 0.5");
        File.Delete(_folder.At("data.yaml"));
        _folder.Write("classes.txt", "disc\nsquare\n");
        DetectionDataset set = OpenSplit(_folder.Path);
        Assert.Equal(["disc", "square"], set.ClassNames);
        Assert.Equal(1, set.Images[0].Objects.Single().Label);
    }

    private DetectionDataset OpenCoco(string images, string categories, string annotations)
    {
        PngFile.Write(_folder, "images/train/a.png", 64, 64);
        _folder.Write("annotations/train.json", $$"""{ "images": [{{images}}], "categories": [{{categories}}], "annotations": [{{annotations}}] }""");
        return OpenSplit(_folder.Path);
    }

    private void WriteYolo(string yaml, string lines)
    {
        PngFile.Write(_folder, "images/train/a.png", 64, 64);
        _folder.Write("labels/train/a.txt", lines);
        _folder.Write("data.yaml", "train: images/train\nval: images/train\n" + yaml);
    }

    private static DetectionDataset OpenSplit(string root) => DetectionData.OpenSplit(new DataOptions { Root = root }, DataSplit.Train);
}
