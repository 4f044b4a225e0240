using System.Text;
using Graft.Data;
using Graft.Detectors;

namespace Graft.Tests.Data;

/// <summary>Quirks of annotation tools and users: read as meant, or refused with a clear message.</summary>
public sealed class AnnotationToolHabitsTests : IDisposable
{
    private const string Line = "0 0.5 0.5 0.5 0.5";
    private const string Image = """{ "id": 1, "file_name": "a.png", "width": 64, "height": 64 }""";
    private const string Class = """{ "id": 1, "name": "disc" }""";
    private const string Annotation = """{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 4, 20, 20] }""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\"bbox\": [4, 4, 20, 20], \"ignore\": 1", "marked as crowd or ignore")]
    [InlineData("\"bbox\": [100, 100, 20, 20]", "outside the image")]
    [InlineData("\"bbox\": [4, 4, 20, 0.4]", "without area")]
    public void ValidationWithoutAnyUsableBox_IsRefused(string box, string why)
    {
        WriteCoco("train", Image, Class, Annotation);
        WriteCoco("val", Image, Class, $$"""{ "id": 1, "image_id": 1, "category_id": 1, {{box}} }""");
        GraftException error = Assert.Throws<GraftException>(() => DetectionData.Open(new DataOptions { Root = _folder.Path }));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("no box to evaluate against", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyLabelFiles_AreNotReportedAsMisplaced()
    {
        WriteYolo("images/train", "labels/train/a.txt", "");
        GraftException error = Assert.Throws<GraftException>(() => DetectionData.Open(new DataOptions { Root = _folder.Path }));
        Assert.Equal("Check the annotations and the class names.", error.Hint);
    }

    [Theory]
    [InlineData("0 0.5 0.5 0.2 0.2 0.9 1")]
    [InlineData("0 0.5 0.5 0.2 0.2 0 0.5")]
    [InlineData("0 0.5 0.5 0.2 0.2 0.3 0.5", false)]
    public void BoxesWithScoreAndTrack_AreNoTriangles(string line, bool refused = true)
    {
        WriteYolo("images/train", "labels/train/a.txt", string.Join('\n', Enumerable.Repeat(line, 3)));
        Exception? error = Record.Exception(() => Open(_folder.Path));
        Assert.Equal(refused, error is GraftException { Failure: Failure.Data } refusal && refusal.Message.Contains("two more values", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("IMAGES/train", "LABELS/train/a.txt")]
    [InlineData("Images/train", "labels/train/a.txt")]
    [InlineData("images/train", "labels/train/a.TXT")]
    public void LabelsOfAnotherCase_AreFound(string images, string label)
    {
        WriteYolo(images, label, Line);
        DetectionDataset set = Open(_folder.Path);
        Assert.Single(set.Images[0].Objects);
        Assert.Empty(set.Problems.List());
    }

    [Fact]
    public void LabelOfALongerName_IsNamedItselfAndNotTheImage()
    {
        WriteYolo("images/train", "labels/train/b.txt", Line);
        PngFile.Write(_folder, "images/train/b.PNG.png", 64, 64);
        _folder.Write("labels/train/a.txt", Line);
        DataProblem problem = Open(_folder.Path).Problems.List().Single(one => one.Kind == DataProblemKind.LabelWithoutImage);
        Assert.Equal([_folder.At("labels", "train", "b.txt")], problem.Examples);
    }

    [Fact]
    public void CvatList_NamesImagesBelowAFolderThatIsNotThere()
    {
        PngFile.Write(_folder, "obj_train_data/a.png", 64, 64);
        _folder.Write("obj_train_data/a.txt", Line);
        _folder.Write("obj.names", "disc\n");
        _folder.Write("train.txt", "data/obj_train_data/a.png\n");
        Assert.Single(Open(_folder.Path).Images[0].Objects);
    }

    [Theory]
    [InlineData("D:\\\\data\\\\boards\\\\images\\\\train", true)]
    [InlineData("/mnt/boards/images/train", true)]
    [InlineData("D:\\\\data\\\\boards\\\\images", false)]
    public void PathsOfAnotherMachine_AreFoundByTwoNamesAtLeast(string source, bool found)
    {
        WriteYolo("images/train", "labels/train/a.txt", Line);
        _folder.Write("data.yaml", $"train: \"{source}\"\nnames: [disc]");
        Exception? error = Record.Exception(() => Open(_folder.Path));
        Assert.Equal(found, error is null);
        Assert.True(found || error is GraftException { Failure: Failure.Data });
    }

    [Fact]
    public void Home_IsTheFolderOfTheUser()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Assert.Equal(Path.GetFullPath(home), WrittenPath.FindFromHome(_folder.Path, "~/."));
    }

    [Theory]
    [InlineData("names: disc\nnc: 2", "there is 1 name.")]
    [InlineData("names: [a, b]\nnc: 3", "there are 2 names.")]
    public void CountOfNames_IsReported(string yaml, string message)
    {
        _folder.Write("data.yaml", "train: images/train\n" + yaml);
        Assert.EndsWith(message, Assert.Throws<GraftException>(() => Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "id": 1, "coco_url": "http://example.org/train2017/a.png", "width": 64, "height": 64 }""", Annotation)]
    [InlineData(Image, """{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [], "segmentation": [[4, 4, 24, 4, 24, 24, 4, 24]] }""")]
    public void LvisAddressesAndEmptyBoxes_AreRead(string image, string annotation)
    {
        WriteCoco("train", image, Class, annotation);
        Assert.Equal(new LabelledBox(0, new Box(4, 4, 24, 24)), Open(_folder.Path).Images[0].Objects.Single());
    }

    [Theory]
    [InlineData(Class, """{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [0.1, 0.1, 0.5, 0.5] }""", "lie within 0 to 1")]
    [InlineData("""{ "id": 1, "name": " " }""", Annotation, "category 1 has no name")]
    [InlineData(Class, """{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [] }""", "annotation 1 has no bbox")]
    public void UnusableCoco_IsRefusedWithItsReason(string category, string annotation, string message)
    {
        WriteCoco("train", Image, category, annotation);
        GraftException error = Assert.Throws<GraftException>(() => Open(_folder.Path));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{ "asset": { "name": "a.png" }, "regions": [] }]""")]
    [InlineData("""{ "assets": {} }""")]
    public void Vott_IsNamed(string json)
    {
        _folder.Write("annotations/train.json", json);
        Assert.Contains("is a VoTT export", Assert.Throws<GraftException>(() => Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyJsonOfASplit_IsItsAnnotations()
    {
        PngFile.Write(_folder, "train/images/a.png", 64, 64);
        _folder.Write("train/result.json", $$"""{ "images": [{{Image}}], "categories": [{{Class}}], "annotations": [{{Annotation}}] }""");
        Assert.Single(Open(_folder.Path).Images[0].Objects);
    }

    [Theory]
    [InlineData("annotations/instances_default.json", "{}")]
    [InlineData("boards.yaml", "names: [disc]")]
    public void DescriptionOfAnotherName_IsNamed(string file, string text)
    {
        PngFile.Write(_folder, "images/a.png", 64, 64);
        _folder.Write(file, text);
        Assert.Contains(_folder.At(file.Split('/')), Assert.Throws<GraftException>(() => Open(_folder.Path)).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Utf16Labels_AreRead()
    {
        WriteYolo("images/train", "labels/train/a.txt", Line);
        File.WriteAllText(_folder.At("labels", "train", "a.txt"), Line + "\r\n", Encoding.Unicode);
        Assert.Single(Open(_folder.Path).Images[0].Objects);
    }

    private void WriteCoco(string split, string image, string category, string annotation)
    {
        PngFile.Write(_folder, $"images/{split}/a.png", 64, 64);
        _folder.Write($"annotations/{split}.json", $$"""{ "images": [{{image}}], "categories": [{{category}}], "annotations": [{{annotation}}] }""");
    }

    private void WriteYolo(string images, string label, string lines)
    {
        PngFile.Write(_folder, images + "/a.png", 64, 64);
        _folder.Write(label, lines);
        _folder.Write("data.yaml", $"train: {images}\nval: {images}\nnames: [disc]");
    }

    private static DetectionDataset Open(string root) => DetectionData.OpenSplit(new DataOptions { Root = root }, DataSplit.Train);
}
