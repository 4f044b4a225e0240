using Graft.Data;

namespace Graft.Tests.Data;

/// <summary>Data without a usable box is refused before training, with the counts and the searched folders.</summary>
public sealed class NoTrainableBoxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NoLabelFile_NamesThePlaceAndWhereOthersAre()
    {
        Write("image/train", "labels/train");
        string message = Refused();
        Assert.Contains("0 of 3 images have a label file", message, StringComparison.Ordinal);
        Assert.Contains(_folder.At("image", "train", "0.txt"), message, StringComparison.Ordinal);
        Assert.Contains($"3 label files were found in {_folder.At("labels", "train")}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void LabelsBesideTheImages_AreNamed()
    {
        Write("images/train", "images/train");
        Assert.Contains($"3 label files were found in {_folder.At("images", "train")}", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".xml", "Pascal VOC")]
    [InlineData(".json", "LabelMe")]
    public void AnnotationsOfOtherTools_AreNamed(string extension, string tool)
    {
        Write("images/train", null);
        _folder.Write("images/train/0" + extension, "");
        Assert.Contains($"beside the images are 1 {extension} files ({tool}?)", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyLabelFiles_AreCounted()
    {
        Write("images/train", "labels/train", "");
        Assert.Contains("3 of 3 images have a label file", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void BoxesThatCannotBeUsed_AreCounted()
    {
        Write("images/train", "labels/train", "0 0.5 0.5 0.0001 0.0001");
        Assert.Contains("3 boxes without area", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void ValidationWithoutBoxes_IsRefusedToo()
    {
        Write("images/train", "labels/train");
        PngFile.Write(_folder, "images/val/0.png", 32, 32);
        _folder.Write("data.yaml", "train: images/train\nval: images/val\nnames: [disc]");
        string message = Refused();
        Assert.Contains("no box to evaluate against", message, StringComparison.Ordinal);
        Assert.Contains("0 of 1 images have a label file", message, StringComparison.Ordinal);
    }

    [Fact]
    public void SomeImagesWithoutLabels_AreOneCountedLine()
    {
        Write("images/train", "labels/train");
        File.Delete(_folder.At("labels", "train", "1.txt"));
        DataProblem problem = DetectionData.Open(Options).Train.Problems.List().Single(one => one.Kind == DataProblemKind.MissingLabelFile);
        Assert.Equal($"1 image without a label file, taken as background ({_folder.At("images", "train", "1.png")})", problem.ToString());
    }

    [Fact]
    public void LabelsWithoutAnImage_AreOneCountedLine()
    {
        Write("images/train", "labels/train");
        _folder.Write("labels/train/x.txt", "0 0.5 0.5 0.5 0.5");
        _folder.Write("labels/train/y.txt", "0 0.5 0.5 0.5 0.5");
        _folder.Write("images/train/y.heic", "?");
        _folder.Write("labels/train/classes.txt", "disc");
        DataProblem problem = DetectionData.Open(Options).Train.Problems.List().Single(one => one.Kind == DataProblemKind.LabelWithoutImage);
        Assert.Equal((2, _folder.At("labels", "train", "x.txt"), _folder.At("images", "train", "y.heic")), (problem.Count, problem.Examples[0], problem.Examples[1]));
    }

    [Fact]
    public void RecordedOptions_FindTheDataFromAnyFolder()
    {
        Write("images/train", "labels/train");
        string working = Directory.GetCurrentDirectory();
        DataOptions given = new() { Root = Path.GetRelativePath(working, _folder.Path), Prompts = "prompts.json" };
        _folder.Write("configs/prompts.json", "[[\"disc\"]]");
        DataOptions recorded = DetectionData.Open(given, _folder.At("configs")).Options!;
        Assert.Equal((_folder.Path, _folder.At("configs", "prompts.json")), (recorded.Root, recorded.Prompts));
        Assert.Null(recorded.Train);

        // A project that was moved: the end of the path is looked for in the working directory.
        string moved = Path.Combine(working, "moved-data", "set");
        Directory.CreateDirectory(moved);
        try
        {
            foreach (string file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
            {
                string target = Path.Combine(moved, Path.GetRelativePath(_folder.Path, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }

            DetectionDataset set = DetectionData.OpenSplit(new DataOptions { Root = "/absent/moved-data/set" }, DataSplit.Val);
            Assert.StartsWith(moved, set.Images[0].Path, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(Path.Combine(working, "moved-data"), recursive: true);
        }
    }

    [Fact]
    public void ClassesThatDifferByCase_AreRefusedWithBothLists()
    {
        Write("images/train", "labels/train");
        GraftException error = Assert.Throws<GraftException>(() => DetectionData.OpenSplit(Options, DataSplit.Val, ["Disc"]));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("the data has disc; the model has Disc: none in common", error.Message, StringComparison.Ordinal);
        Assert.Contains("differ by case", error.Hint, StringComparison.Ordinal);
        Assert.Contains("data.names=\"[Disc]\"", error.Hint, StringComparison.Ordinal);

        // Other classes in the same number are no reason to rename: one would be measured as another.
        Assert.DoesNotContain("data.names", Assert.Throws<GraftException>(() => DetectionData.OpenSplit(Options, DataSplit.Val, ["spur"])).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void ClassesThatAreMissing_AreOneCountedLine()
    {
        Write("images/train", "labels/train");
        DetectionDataset set = DetectionData.OpenSplit(Options, DataSplit.Val, ["disc", "square", "ring"]);
        Assert.Equal("2 classes that the data does not have ('square', 'ring')", Assert.Single(set.Problems.List()).ToString());
    }

    [Fact]
    public void CopiesOfTrainingImagesInValidation_AreCounted()
    {
        Write("images/train", "labels/train");
        Directory.CreateDirectory(_folder.At("images", "val"));
        File.Copy(_folder.At("images", "train", "1.png"), _folder.At("images", "val", "other.png"));
        PngFile.Write(_folder, "images/val/own.png", 32, 32, level: 9);
        _folder.Write("labels/val/other.txt", "0 0.5 0.5 0.5 0.5");
        _folder.Write("data.yaml", "train: images/train\nval: images/val\nnames: [disc]");
        DataProblem problem = DetectionData.Open(Options).Val.Problems.List().Single(one => one.Kind == DataProblemKind.SharedImage);
        Assert.Equal([_folder.At("images", "val", "other.png")], problem.Examples);
    }

    private DataOptions Options => new() { Root = _folder.At("data.yaml") };

    private string Refused()
    {
        GraftException error = Assert.Throws<GraftException>(() => DetectionData.Open(Options));
        Assert.Equal(Failure.Data, error.Failure);
        return error.Message;
    }

    private void Write(string images, string? labels, string line = "0 0.5 0.5 0.5 0.5")
    {
        for (int i = 0; i < 3; i++)
        {
            PngFile.Write(_folder, $"{images}/{i}.png", 32, 32, level: (byte)i);
            if (labels is not null)
            {
                _folder.Write($"{labels}/{i}.txt", line);
            }
        }

        _folder.Write("data.yaml", $"train: {images}\nval: {images}\nnames: [disc]");
    }
}
