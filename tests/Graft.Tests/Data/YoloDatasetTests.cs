using Graft.Data;
using Graft.Detectors;

namespace Graft.Tests.Data;

[SideBySide]
public sealed class YoloDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void DataYaml_OpensImagesWithTheirLabels()
    {
        Write("train/images", "a.png", "0 0.5 0.5 0.2 0.4\n1 0.25 0.25 0.5 0.5\n");
        Write("train/images", "deep/b.png", "1 0.1 0.1 0.3 0.1 0.3 0.4 0.1 0.4");
        Write("train/images", "c.png", null);
        _folder.Write("data.yaml", "train: train/images\nval: train/images\nnc: 2\nnames: [scratch, dent]\nroboflow: { version: 1 }");
        DetectionDataset set = OpenTrain();
        Assert.Equal(["a.png", "c.png", "b.png"], set.Images.Select(image => Path.GetFileName(image.Path)));
        AssertBox(new Box(40, 15, 60, 35), set.Images[0].Objects[0].Box);
        AssertBox(new Box(0, 0, 50, 25), set.Images[0].Objects[1].Box);
        Assert.Empty(set.Images[1].Objects);
        AssertBox(new Box(10, 5, 30, 20), set.Images[2].Objects[0].Box);
        Assert.Equal([1, 2], set.BoxesPerClass());
        Assert.Equal(["scratch", "dent"], set.Prompts.Names);
        Assert.Equal(3, set.Annotations.Count);
        Assert.Equal(DataProblemKind.MissingLabelFile, Assert.Single(set.Problems.List()).Kind);
    }

    [Fact]
    public void NamesById_AndListFiles_AreRead()
    {
        Write("images/part1", "a.png", "1 0.5 0.5 0.2 0.4");
        Write("images/part2", "b.png", "0 0.5 0.5 0.2 0.4");
        _folder.Write("train.txt", "./images/part1/a.png\n\nimages/part2/b.png\n");
        _folder.Write("data.yaml", $"path: {_folder.Path}\ntrain: [train.txt, images/part2]\nval: images/part1\nnames:\n  0: scratch\n  1: dent");
        DetectionData data = DetectionData.Open(new DataOptions { Root = _folder.At("data.yaml") });
        Assert.Equal(2, data.Train.Images.Count);
        Assert.Equal(1, data.Val.Images.Single().Objects.Single().Label);
        Assert.Equal(1, data.Val.Problems.CountOf(DataProblemKind.SharedImage));
    }

    [Fact]
    public void PathThatIsNotThere_IsNotedWhereTheFolderOfTheFileServes()
    {
        Write("images/train", "a.png", "0 0.5 0.5 0.2 0.4");
        string file = _folder.Write("data.yaml", "path: ../elsewhere/boards\ntrain: images/train\nval: images/train\nnames: [scratch]");
        DataProblem problem = Assert.Single(OpenTrain().Problems.List());
        Assert.Equal($"1 path of data.yaml that does not exist, the folder of data.yaml is taken ({file}: path '../elsewhere/boards')", problem.ToString());
        Assert.False(problem.IsFatal);
    }

    [Fact]
    public void PathThatIsNotThere_IsRefusedByNameWhereNothingIsFound()
    {
        Write("images/train", "a.png", "0 0.5 0.5 0.2 0.4");
        _folder.Write("data.yaml", "path: ../elsewhere/boards\ntrain: images/other\nval: images/train\nnames: [scratch]");
        GraftException error = Assert.Throws<GraftException>(OpenTrain);
        Assert.Contains("there is no 'images/other'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'../elsewhere/boards' does not exist", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void SelectedClasses_GetNewLabels()
    {
        Write("images/train", "a.png", "0 0.5 0.5 0.2 0.4\n1 0.25 0.25 0.5 0.5");
        DataOptions options = new() { Root = _folder.Path, Names = ["scratch", "dent"], Classes = ["dent"] };
        DetectionDataset set = DetectionData.OpenSplit(options, DataSplit.Train);
        Assert.Equal(0, set.Images[0].Objects.Single().Label);
        Assert.Equal(1, set.Problems.CountOf(DataProblemKind.OtherClass));
    }

    [Theory]
    [InlineData("2 0.5 0.5 0.2 0.4", "1 object with a class that does not exist")]
    [InlineData("-1 0.5 0.5 0.2 0.4", "class -1, known are 0 to 1")]
    [InlineData("0.5 0.5 0.5 0.2 0.4", "class 0.5, known are 0 to 1")]
    [InlineData("0 0.5 0.5 0.2", "1 label line that is not 'class cx cy w h'")]
    [InlineData("0 320 240 20 40", "1 label line that is not 'class cx cy w h'")]
    [InlineData("zero 0.5 0.5 0.2 0.4", "a.txt:1: 'zero 0.5 0.5 0.2 0.4'")]
    [InlineData("0 0.5 nan 0.2 0.4", "a.txt:1")]
    public void WrongLabels_AreRefusedWithFileAndLine(string label, string message)
    {
        Write("images/train", "a.png", label);
        GraftException error = Assert.Throws<GraftException>(
            () => DetectionData.OpenSplit(new DataOptions { Root = _folder.Path, Names = ["scratch", "dent"] }, DataSplit.Train));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnreadableImage_IsSkippedAndNamed()
    {
        Write("images/train", "a.png", "0 0.5 0.5 0.2 0.4");
        _folder.Write("images/train/broken.png", "this is no image");
        _folder.Write("labels/train/broken.txt", "0 0.5 0.5 0.2 0.4");
        DetectionDataset set = DetectionData.OpenSplit(new DataOptions { Root = _folder.Path, Names = ["x"] }, DataSplit.Train);
        Assert.Single(set.Images);
        Assert.Single(set.Annotations);
        Assert.Contains("broken.png: not a readable image", set.Problems.List().Single().Examples[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("names: [a]\nval: images", "has no 'train'")]
    [InlineData("names: [a]\ntrain: nowhere", "there is no 'nowhere'")]
    [InlineData("train: images", "has neither 'names' nor 'nc'")]
    [InlineData("train: images\nnc: 3\nnames: [a]", "data.yaml:2: nc is 3, but there is 1 name.")]
    [InlineData("train: images\nnames: { 0: a, 2: b }", "the class id '2' is not one of 0 to 1")]
    [InlineData("train: [images", "is not valid YAML")]
    [InlineData("names: [a]\ntrain: images", "has no images")]
    public void WrongDataYaml_IsRefused(string yaml, string message)
    {
        Directory.CreateDirectory(_folder.At("images"));
        _folder.Write("data.yaml", yaml);
        GraftException error = Assert.Throws<GraftException>(() => OpenTrain());
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderWithoutAnySet_SaysWhatItExpects()
    {
        GraftException error = Assert.Throws<GraftException>(() => OpenTrain());
        Assert.Contains("has no training set that can be recognised", error.Message, StringComparison.Ordinal);
        Assert.Contains("data.train", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void DataWithoutAName_IsNotTakenForAnEmptyWorkingDirectory()
    {
        GraftException error = Assert.Throws<GraftException>(() => DetectionData.OpenSplit(new DataOptions(), DataSplit.Train));
        Assert.StartsWith("No data set is named, and the working directory", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data", error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.png")]
    [InlineData("a.jpg")]
    [InlineData("a.bmp")]
    [InlineData("a.tif")]
    public void Size_IsReadFromEveryFormat(string name)
        => Assert.Equal((37, 21), Graft.Torch.Images.Image.ReadSize(PngFile.Write(_folder, name, 37, 21)));

    [Fact]
    public void TurnedJpeg_HasTheSizeThatDecodingGives()
    {
        string path = PngFile.Write(_folder, "a.jpg", 37, 21);
        byte[] plain = File.ReadAllBytes(path);
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "II"u8, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
        ];
        File.WriteAllBytes(path, [.. plain[..2], .. exif, .. plain[2..]]);
        using Graft.Torch.Images.Image decoded = Graft.Torch.Images.Image.Load(path);
        Assert.Equal((21, 37), (decoded.Width, decoded.Height));
        Assert.Equal((21, 37), Graft.Torch.Images.Image.ReadSize(path));
    }

    private static void AssertBox(Box expected, Box actual)
    {
        Assert.Equal(expected.X1, actual.X1, 1e-9);
        Assert.Equal(expected.Y1, actual.Y1, 1e-9);
        Assert.Equal(expected.X2, actual.X2, 1e-9);
        Assert.Equal(expected.Y2, actual.Y2, 1e-9);
    }

    private DetectionDataset OpenTrain() => DetectionData.OpenSplit(new DataOptions { Root = _folder.Path }, DataSplit.Train);

    private void Write(string folder, string name, string? labels)
    {
        string path = PngFile.Write(_folder, $"{folder}/{name}", 100, 50);
        if (labels is not null)
        {
            _folder.Write(Path.ChangeExtension($"{folder}/{name}".Replace("images", "labels", StringComparison.Ordinal), ".txt"), labels);
        }

        Assert.True(File.Exists(path));
    }
}
