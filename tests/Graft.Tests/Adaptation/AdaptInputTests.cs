using Graft.Adaptation;
using Graft.Data;
using Graft.Detectors;
using Graft.Models;
using Graft.Models.YoloV10;
using Graft.Runs;
using Graft.Tests.Checks;
using Graft.Tests.Rewriting;
using Graft.Text;

namespace Graft.Tests.Adaptation;

/// <summary>Data, words and bases that cannot be adapted get an answer; images are held out where there is no validation split.</summary>
[SideBySide]
public sealed class AdaptInputTests : IDisposable
{
    private readonly CheckedFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void AHeldOutFifth_IsTheSameForTheSameFiles_AndHasEveryClass()
    {
        DetectionImage[] images = [.. Enumerable.Range(0, 40).Select(i => ImageOf(i, i % 10 == 0 ? [0, 2] : i % 3 == 0 ? [1] : [0]))];
        bool[] held = HeldOut.Choose(images, 4);
        Assert.Equal(8, held.Count(one => one));
        for (int label = 0; label < 3; label++)
        {
            Assert.Contains(true, held.Where((_, i) => images[i].Objects.Any(item => item.Label == label)));
            Assert.Contains(false, held.Where((_, i) => images[i].Objects.Any(item => item.Label == label)));
        }

        int[] mixed = [.. Enumerable.Range(0, 40).OrderBy(i => i * 17 % 41)];
        bool[] again = HeldOut.Choose([.. mixed.Select(i => images[i])], 4);
        Assert.Equal(mixed.Select(i => held[i]), again);
    }

    [Fact]
    public void AClassOfASingleImage_StaysInTraining()
    {
        DetectionImage[] images = [.. Enumerable.Range(0, 20).Select(i => ImageOf(i, i == 7 ? [1] : [0]))];
        Assert.False(HeldOut.Choose(images, 2)[7]);
    }

    [Fact]
    public void WithoutAValidationSplit_ImagesAreHeldOut()
    {
        _data.AddDrawn("train", 12).Write();
        AdaptFolder folder = Folder();
        CheckedData held = Check().WithVal(folder);
        Assert.Equal(2, held.HeldOut);
        DetectionData both = DetectionData.Open(held.Options);
        Assert.Equal((10, 2), (both.Train.Images.Count, both.Val.Images.Count));
        Assert.Empty(both.Train.Images.Select(image => image.Path).Intersect(both.Val.Images.Select(image => image.Path)));
        folder.Abandon();
        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public void ASingleCocoFile_IsDivided()
    {
        _data.AddDrawn("train", 10).Write();
        CheckedData held = Check(Path.Combine(_data.Root, "annotations", "train.json")).WithVal(Folder());
        DetectionData both = DetectionData.Open(held.Options);
        Assert.Equal((8, 2), (both.Train.Images.Count, both.Val.Images.Count));
    }

    [Fact]
    public void DataThatCannotBeUsed_GetsAnAnswer()
    {
        _data.AddDrawn("train", 1).Write();
        Refused(Failure.Data, () => Check(), "1 split of a single image", "graft check");

        _data.AddDrawn("train", 6).Write();
        Refused(Failure.Data, () => Check().WithVal(Folder()), "7 images and no validation split", "images/val");

        File.WriteAllText(Path.Combine(_data.Root, "annotations", "val.json"), """{"images": [], "annotations": [], "categories": []}""");
        Refused(Failure.Data, () => Check(), "1 split that cannot be used (val: ", "graft check");
    }

    [Fact]
    public void NoBoxAtAll_GetsAnAnswer()
    {
        foreach (string split in new[] { "train", "val" })
        {
            for (int i = 0; i < 3; i++)
            {
                using Torch.Images.Image image = _data.Draw().Image;
                _data.Add(split, $"{split}-{i}.png", image.Encode(".png"), []);
            }
        }

        _data.Write();
        Refused(Failure.Data, () => Check(), "2 splits without a box");
    }

    [Fact]
    public void AFewUnreadableImages_AreAWarning_ManyAreNot()
    {
        _data.AddDrawn("train", 20).AddDrawn("val", 10).Write();
        string[] files = Directory.GetFiles(Path.Combine(_data.Root, "images", "train"));
        File.WriteAllText(files[0], "no image");
        Assert.Contains(Check().Warnings, problem => problem.Problem.Kind == DataProblemKind.UnreadableImage);
        foreach (string file in files[..18])
        {
            File.WriteAllText(file, "no image");
        }

        Refused(Failure.Data, () => Check(), "unreadable images", "--fix");
    }

    [Fact]
    public void WordsThatReadAlike_AreRefusedByName()
    {
        ClassWords.RequireDistinct(new Vocabulary(["open", "short"], [1, 0, 0.6f, 0.8f], "test"));
        Refused(
            Failure.Data, () => ClassWords.RequireDistinct(new Vocabulary(["open", "short", "opens"], [1, 0, 0.6f, 0.8f, 0.995f, 0.0999f], "test")),
            "'open' and 'opens'", "0.97", "--words");
    }

    [Fact]
    public void WordsOfAnotherNumberOrOrder_AreRefused()
    {
        string target = _data.At("words.json");
        Refused(Failure.Data, () => ClassWords.Take("a, b, c", ["hole", "stain"], target), "--words has 3 entries for 2 classes: hole, stain");
        Refused(Failure.Data, () => ClassWords.Take("stain, hole", ["hole", "stain"], target), "another order");
        Assert.False(File.Exists(target));
        ClassWords.Take("a round hole, a dark stain", ["hole", "stain"], target);
        Assert.Equal(["a round hole", "a dark stain"], PromptSet.Open(target).Names);
    }

    [Theory]
    [InlineData("yolov10", "reads no text")]
    [InlineData("yolo_world", "stand-ins")]
    public void ABaseToWhichWordsMeanNothing_IsRefused(string kind, string why)
    {
        string path = _data.At("base.safetensors");
        ModelOptions network = kind == "yolov10" ? new YoloV10Options { Nc = 2 } : RandomNetworks.Small;
        Vocabulary words = Vocabulary.StandIn(["scratch", "dent"], RandomNetworks.Small.TextDim);
        using (IDetector fresh = DetectorFactory.Create(network, words))
        {
            Checkpoint.Write(path, fresh, words, new RunConfig { Model = network });
        }

        Refused(Failure.Model, () => AdaptBase.Open(new AdaptRequest("boards") { Base = path }, new TextOptions()), why, "graft train start/adapt");
    }

    [Fact]
    public void AFolderThatHoldsAnAdaptation_IsRefused_AndReplacedOnRequest()
    {
        AdaptFolder folder = Folder();
        Directory.CreateDirectory(folder.Path);
        File.WriteAllText(folder.Config, "");
        Refused(Failure.Refused, () => Folder(), "already holds an adaptation (adapt.yaml)", "--overwrite");
        AdaptFolder.Take(new AdaptRequest(_data.Root) { Folder = folder.Path, Overwrite = true }, _data.Root).Clear();
        Assert.False(File.Exists(folder.Config));
        Refused(Failure.Usage, () => AdaptFolder.Take(new AdaptRequest(_data.Root) { Folder = _data.Root }, _data.Root), "is the data");
    }

    private CheckedData Check(string? root = null) => CheckedData.Run(new DataOptions { Root = root ?? _data.Root }, 2, (_, _) => { }, default);

    private AdaptFolder Folder() => AdaptFolder.Take(new AdaptRequest(_data.Root) { Folder = _data.At("adapted") }, _data.Root);

    private static DetectionImage ImageOf(int number, int[] labels)
        => new(number, $"/images/{number:000}.png", 100, 100, [.. labels.Select(label => new LabelledBox(label, new Box(10, 10, 30, 30)))]);

    private static void Refused(Failure failure, Action action, params string[] words)
    {
        GraftException error = Assert.Throws<GraftException>(action);
        Assert.Equal(failure, error.Failure);
        Assert.All(words, word => Assert.Contains(word, $"{error.Message} {error.Hint}", StringComparison.Ordinal));
    }
}
