using Graft.Data;
using Graft.Detectors;

namespace Graft.Tests.Data;

[SideBySide]
public sealed class CocoDatasetTests : IDisposable
{
    private const string Images = """
        "images": [{ "id": 5, "file_name": "a.png", "width": 100, "height": 80 }, { "id": 9, "file_name": "b.png", "width": 100, "height": 80 }]
        """;

    private const string Categories = """
        "categories": [{ "id": 3, "name": "scratch" }, { "id": 7, "name": "dent" }]
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void UnusableObjects_AreSkippedAndCounted()
    {
        DetectionDataset set = Open("""
            { "id": 1, "image_id": 5, "category_id": 7, "bbox": [10, 20, 30, 40], "area": 900, "segmentation": [[1, 2, 3]] },
            { "id": 2, "image_id": 5, "category_id": 3, "bbox": [10, 20, 0, 40] },
            { "id": 3, "image_id": 5, "category_id": 3, "bbox": [200, 20, 10, 10] },
            { "id": 4, "image_id": 5, "category_id": 3, "bbox": [90, 20, 30, 10] },
            { "id": 5, "image_id": 5, "category_id": 3, "bbox": [10.5, 20, 5, 5], "iscrowd": 1 },
            { "id": 6, "image_id": 5, "category_id": 7, "bbox": [10, 20, 30, 40] },
            { "id": 7, "image_id": 9, "category_id": 3, "bbox": [-0.5, 20, 30, 40], "ignore": false }
            """);
        Assert.Equal(
            [new LabelledBox(1, new Box(10, 20, 40, 60)), new LabelledBox(0, new Box(90, 20, 100, 30))],
            set.Images[0].Objects);
        Assert.Equal([new LabelledBox(0, new Box(0, 20, 29.5, 60))], set.Images[1].Objects);
        Assert.Equal(
            [
                "1 box without area (smaller than one pixel), not trained on (annotation 2 of a.png)",
                "1 box outside the image, not trained on (annotation 3 of a.png)",
                "1 box reaching outside the image, clipped (annotation 4 of a.png)",
                "1 box given twice, trained on once (annotation 6 of a.png)",
                "1 object marked as crowd or ignore, not trained on (annotation 5 of a.png)",
            ],
            set.Problems.List().Select(problem => problem.ToString()));
        Assert.Equal(7, set.Annotations.Count);
    }

    [Theory]
    [InlineData("""{ "id": 1, "image_id": 5, "category_id": 4, "bbox": [1, 1, 5, 5] }""", "1 object with a class that does not exist (annotation 1: category 4)")]
    [InlineData("""{ "id": 1, "image_id": 6, "category_id": 3, "bbox": [1, 1, 5, 5] }""", "1 annotation of an image that is not listed (annotation 1: image 6)")]
    [InlineData("""{ "id": 1, "image_id": 5, "category_id": 3, "bbox": [1, 1, 5, 5] }, { "id": 1, "image_id": 9, "category_id": 3, "bbox": [1, 1, 5, 5] }""", "1 annotation id used twice (annotation 1)")]
    [InlineData("""{ "id": 1, "image_id": 5, "category_id": 3, "bbox": [1, 1, 5] }""", "annotations[0].bbox: found 3 numbers, expected a box [x, y, width, height] of four numbers")]
    [InlineData("""{ "id": 1, "image_id": 5, "category_id": 3, "bbox": [1, 1, "wide", 5] }""", "annotations[0].bbox[2]: found the text \"wide\"")]
    [InlineData("""{ "id": 1, "image_id": 5, "category_id": 3 }""", "annotation 1 has no bbox")]
    [InlineData("""{ "id": "x", "image_id": 5 }""", "annotations[0].id: found the text \"x\", expected a whole number")]
    [InlineData("""{ "id": 1, "image_id": 5,""", "is not valid JSON")]
    [InlineData("7", "annotations[0]: found 7, expected an annotation")]
    public void WrongAnnotations_AreRefusedWithTheirPlace(string annotations, string message)
    {
        GraftException error = Assert.Throws<GraftException>(() => Open(annotations));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("train.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is not valid JSON, or ends too early")]
    [InlineData("[1, 2]", "found a list, expected COCO annotations")]
    [InlineData("{ \"images\": [] }", "has no \"categories\"")]
    [InlineData("{ \"images\": [{ \"id\": 1, \"file_name\": 3 }] }", ":1: images[0].file_name: found 3, expected a file name")]
    [InlineData("{\n\n \"images\": [{ \"id\": 1 }] }", ":3: images[0]: image 1 has no file_name.")]
    [InlineData("{ \"images\": [], \"annotations\": [], \"categories\": [{ \"id\": 1, \"name\": \"x\" }, { \"id\": 1, \"name\": \"x\" }] }", "1 category id used twice (category 1); 1 class name used twice ('x')")]
    [InlineData("{ \"images\": [{ \"id\": 1, \"file_name\": \"a\" }, { \"id\": 1, \"file_name\": \"b\" }], \"annotations\": [], \"categories\": [] }", "1 image id used twice (image 1)")]
    public void WrongFiles_AreRefused(string json, string message)
    {
        string path = _folder.Write("wrong.json", json);
        GraftException error = Assert.Throws<GraftException>(() => CocoFile.Read(path));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFile_IsADataError()
        => Assert.Equal(Failure.Data, Assert.Throws<GraftException>(() => CocoFile.Read(_folder.At("none.json"))).Failure);

    [Fact]
    public void MissingImage_IsSkippedWithItsObjectsAndNamed()
    {
        WriteImages("a.png");
        DetectionDataset set = OpenWritten("""{ "id": 1, "image_id": 9, "category_id": 3, "bbox": [1, 1, 5, 5] }""");
        Assert.Equal(5, Assert.Single(set.Images).Id);
        Assert.Empty(set.Annotations);
        DataProblem problem = Assert.Single(set.Problems.List());
        Assert.Equal((DataProblemKind.MissingImage, 1), (problem.Kind, problem.Count));
        Assert.EndsWith("b.png", problem.Examples[0], StringComparison.Ordinal);
    }

    [Fact]
    public void AllImagesMissing_SaysWhereItLooked()
    {
        GraftException error = Assert.Throws<GraftException>(() => OpenWritten(""));
        Assert.Contains("images (such as a.png) was found", error.Message, StringComparison.Ordinal);
        Assert.Contains("data.train_images", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void SizesThatTheFileLacks_ComeFromTheImages()
    {
        PngFile.Write(_folder, "images/train/a.png", 33, 21);
        string json = """{ "images": [{ "id": 1, "file_name": "a.png" }], "annotations": [], "categories": [{ "id": 1, "name": "x" }] }""";
        _folder.Write("annotations/train.json", json);
        DetectionImage image = DetectionData.OpenSplit(new DataOptions { Root = _folder.Path }, DataSplit.Train).Images.Single();
        Assert.Equal((33, 21), (image.Width, image.Height));
    }

    [Fact]
    public void UnknownClassName_IsAnErrorWithASuggestion()
    {
        WriteImages("a.png", "b.png");
        GraftException error = Assert.Throws<GraftException>(() => OpenWritten("", new DataOptions { Classes = ["scrath"] }));
        Assert.Contains("'scrath' is not a class of", error.Message, StringComparison.Ordinal);
        Assert.Equal("Did you mean 'scratch'?", error.Hint);
    }

    [Fact]
    public void Names_SelectWhenTheFileHasThemAndRenameWhenNot()
    {
        WriteImages("a.png", "b.png");
        const string Objects = """{ "id": 1, "image_id": 5, "category_id": 7, "bbox": [1, 1, 5, 5] }""";
        DetectionDataset selected = OpenWritten(Objects, new DataOptions { Names = ["dent"] });
        Assert.Equal((0, "dent"), (selected.Images[0].Objects[0].Label, selected.ClassNames.Single()));
        DetectionDataset renamed = OpenWritten(Objects, new DataOptions { Names = ["Kratzer", "Delle"], Classes = ["Delle"] });
        Assert.Equal((0, "Delle"), (renamed.Images[0].Objects[0].Label, renamed.ClassNames.Single()));
        Assert.Contains("'hole' is not a class of", Assert.Throws<GraftException>(
            () => OpenWritten(Objects, new DataOptions { Names = ["hole"] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ValidationWithOtherClassOrder_GetsTheLabelsOfTraining()
    {
        WriteImages("a.png", "b.png");
        WriteJson("train", """{ "id": 1, "image_id": 5, "category_id": 7, "bbox": [1, 1, 5, 5] }""");
        PngFile.Write(_folder, "images/val/c.png", 50, 50);
        _folder.Write("annotations/val.json", """
            {
              "images": [{ "id": 1, "file_name": "c.png", "width": 50, "height": 50 }],
              "categories": [{ "id": 1, "name": "dent" }, { "id": 2, "name": "crack" }],
              "annotations": [
                { "id": 0, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5] },
                { "id": 1, "image_id": 1, "category_id": 2, "bbox": [9, 9, 5, 5] }
              ]
            }
            """);
        DetectionDataset val = DetectionData.Open(new DataOptions { Root = _folder.Path }).Val;
        Assert.Equal(["scratch", "dent"], val.ClassNames);
        Assert.Equal([new CocoCategory(3, "scratch"), new CocoCategory(1, "dent")], val.Categories);
        Assert.Equal(1, val.Images[0].Objects.Single().Label);
        Assert.Equal(1, val.Problems.CountOf(DataProblemKind.OtherClass));
    }

    [Theory]
    [InlineData("""[["scratch", "scuff"], ["dent"], ["hole"]]""", "has prompts for 3 classes, expected 2: scratch, dent.")]
    [InlineData("""[["dent"], ["Scratch", "scuff"]]""", "'scratch' is class 0 but is in entry 1; 'dent' is class 1 but is in entry 0.")]
    [InlineData("""[["scratch"], []]""", "class 1 has no prompt")]
    [InlineData("""{ "scratch": ["scuff"] }""", "expected a list of classes")]
    public void PromptsThatDoNotFitTheClasses_AreRefused(string prompts, string message)
    {
        WriteImages("a.png", "b.png");
        string path = _folder.Write("prompts.json", prompts);
        GraftException error = Assert.Throws<GraftException>(() => OpenWritten("", new DataOptions { Prompts = "prompts.json" }));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PromptsOfTheSelectedClassesAlone_AreInTheirOrder()
    {
        WriteImages("a.png", "b.png");
        _folder.Write("prompts.json", """[["dented surface"]]""");
        DetectionDataset set = OpenWritten("", new DataOptions { Prompts = "prompts.json", Classes = ["dent"] });
        Assert.Equal(["dented surface"], set.Prompts.Names);
    }

    private DetectionDataset Open(string annotations)
    {
        WriteImages("a.png", "b.png");
        return OpenWritten(annotations);
    }

    private DetectionDataset OpenWritten(string annotations, DataOptions? options = null)
    {
        WriteJson("train", annotations);
        return DetectionData.OpenSplit((options ?? new DataOptions()) with { Root = _folder.Path }, DataSplit.Train);
    }

    private void WriteJson(string split, string annotations)
        => _folder.Write($"annotations/{split}.json", $$"""{ {{Images}}, {{Categories}}, "annotations": [{{annotations}}] }""");

    private void WriteImages(params string[] names)
    {
        foreach (string name in names)
        {
            PngFile.Write(_folder, $"images/train/{name}", 100, 80);
        }
    }
}
