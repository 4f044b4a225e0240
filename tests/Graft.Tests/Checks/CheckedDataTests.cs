using System.Text.Json;
using Graft.Checks;
using Graft.Data;
using Graft.Detectors;

namespace Graft.Tests.Checks;

/// <summary>Label files, single files, sets that can hardly be used, class names, file names, and what a model says.</summary>
[SideBySide]
public sealed class CheckedDataTests : IDisposable
{
    private readonly CheckedFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void FaultsOfLabelFiles_AreFound_AndRepaired()
    {
        _data.AddDrawn("train", 5).AddDrawn("val", 3);
        foreach (string image in Directory.GetFiles(_data.Root, "*.png", SearchOption.AllDirectories))
        {
            string labels = Path.ChangeExtension(image.Replace("/images/", "/labels/", StringComparison.Ordinal), ".txt");
            Directory.CreateDirectory(Path.GetDirectoryName(labels)!);
            File.WriteAllText(labels, "0 0.5 0.5 0.2 0.2\n1 0.2 0.2 0.1 0.1\n");
        }

        string[] files = [.. Directory.GetFiles(Path.Combine(_data.Root, "labels", "train")).Order(StringComparer.Ordinal)];
        File.AppendAllText(files[0], "0 nan 0.5 0.1 0.1\n7 0.5 0.5 0.1 0.1\n0 0.5 0.5\n1 0.8 0.8 0 0.1\n");
        File.Delete(files[1]);
        File.WriteAllText(Path.Combine(_data.Root, "labels", "train", "lost.txt"), "0 0.5 0.5 0.2 0.2\n");
        File.WriteAllText(files[2], "");
        File.WriteAllBytes(files[3], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]);
        File.WriteAllText(Path.Combine(_data.Root, "data.yaml"), "train: images/train\nval: images/val\nnames: [hole, stain]\n");

        CheckReport report = _data.Check(request => request with { Fix = _data.At("copy") });
        Assert.Equal(
            ["class_out_of_range 1", "label_without_image 1", "malformed_label 3", "missing_label_file 1", "zero_size_box 1"], CheckedFolder.Kinds(report));
        Assert.Equal((8, 10), (report.Images, report.Boxes));
        CheckReport repaired = CheckedFolder.CheckOf(_data.At("copy"));
        Assert.Empty(CheckedFolder.Kinds(repaired));
        Assert.Equal((8, 10), (repaired.Images, repaired.Boxes));
        using JsonDocument repairs = JsonDocument.Parse(File.ReadAllText(Path.Combine(_data.At("copy"), "repairs.json")));
        Assert.Equal(3, repairs.RootElement.GetProperty("places").GetProperty("malformed_label").GetArrayLength());
    }

    [Fact]
    public void ImagesThatNoFileLists_AreNamed()
    {
        _data.AddDrawn("train", 3).AddDrawn("val", 2);
        _data.List("train", "absent.png", 320, 320);
        _data.Write();
        string[] files = [.. Directory.GetFiles(Path.Combine(_data.Root, "images", "train")).Order(StringComparer.Ordinal)];
        File.Copy(files[0], Path.Combine(_data.Root, "images", "train", "new.png"));
        File.Copy(files[0], Path.Combine(_data.Root, "images", "train", ".hidden.png"));
        File.WriteAllText(Path.Combine(_data.Root, "images", "train", "notes.txt"), "");
        CheckProblem found = _data.Check().Problems.Single(problem => problem.Kind == "unlisted_image");
        Assert.Equal((CheckSeverity.Remark, "images/train/new.png"), (found.Severity, Assert.Single(found.Problem.Examples)));

        File.Delete(Path.Combine(_data.Root, "annotations", "val.json"));
        Assert.DoesNotContain(_data.Check().Problems, problem => problem.Kind == "unlisted_image");      // the other split may list any
    }

    [Fact]
    public void AFileOfAllImages_IsOneSplit()
    {
        _data.AddDrawn("train", 4).Write();
        CheckReport report = CheckedFolder.CheckOf(Path.Combine(_data.Root, "annotations", "train.json"));
        Assert.Empty(report.Problems);
        Assert.Equal("data", Assert.Single(report.Splits).Name);
    }

    [Fact]
    public void SetsThatCanHardlyBeUsed_GetAnAnswer()
    {
        Directory.CreateDirectory(_data.Root);
        CheckReport empty = _data.Check();
        Assert.Equal(["unusable_split 2"], CheckedFolder.Kinds(empty));
        Assert.Contains("no training set", empty.Problems[0].Problem.Examples[0], StringComparison.Ordinal);
        Assert.Contains("there is no", Assert.Throws<GraftException>(() => CheckedFolder.CheckOf(_data.At("nowhere"))).Message, StringComparison.Ordinal);

        _data.AddDrawn("train", 1).Write();
        Assert.Equal(["single_image 1", "unusable_split 1"], CheckedFolder.Kinds(_data.Check()));
        _data.AddDrawn("train", 2).Write();
        Assert.Equal(["unusable_split 1"], CheckedFolder.Kinds(_data.Check()));

        File.WriteAllText(Path.Combine(_data.Root, "annotations", "val.json"), """{"images": [], "annotations": [{"bbox": [NaN, 1, 2, 3]}]""");
        CheckReport broken = _data.Check();
        Assert.Equal(["unusable_split 1"], CheckedFolder.Kinds(broken));
        Assert.Contains("val.json", broken.Problems[0].Problem.Examples[0], StringComparison.Ordinal);
        Assert.True(broken.HasErrors);
    }

    [Fact]
    public void PromptsThatDoNotFit_DoNotHideTheRest()
    {
        _data.AddDrawn("train", 4).AddDrawn("val", 4).Write();
        File.WriteAllText(Path.Combine(_data.Root, "class_texts.json"), """[["hole"]]""");
        CheckReport report = _data.Check(request => request with { Fix = _data.At("copy") });
        Assert.Equal(["unusable_prompts 1"], CheckedFolder.Kinds(report));
        Assert.Equal((8, 2), (report.Images, report.Splits.Count));
        File.WriteAllText(Path.Combine(_data.Root, "class_texts.json"), """[["hole", "pit"], ["stain"]]""");
        Assert.Empty(CheckedFolder.Kinds(_data.Check(request => request with { Fix = _data.At("copy"), Overwrite = true })));
        Assert.Contains("pit", File.ReadAllText(Path.Combine(_data.At("copy"), "class_texts.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void ASetWithoutAnyBox_IsAnError()
    {
        foreach (string split in new[] { "train", "val" })
        {
            for (int i = 0; i < 3; i++)
            {
                using Torch.Images.Image image = _data.Draw().Image;
                _data.Add(split, $"{split}-{i}.png", image.Encode(".png"), []);
            }
        }

        CheckReport report = _data.Write().Check();
        Assert.Equal(["class_without_box 2", "no_boxes 2"], CheckedFolder.Kinds(report));
        Assert.Empty(report.Sheets);
    }

    [Theory]
    [InlineData("hole", "Hole", "alike_classes")]
    [InlineData("mouse bite", "mouse_bites", "similar_classes")]
    [InlineData("scratch", "scratches", "similar_classes")]
    [InlineData("scratch", "scrach", "similar_classes")]
    [InlineData("contamination", "contaminaton", "similar_classes")]
    [InlineData("class 1", "class 2", null)]
    [InlineData("mouse", "house", null)]
    [InlineData("cat", "car", null)]
    [InlineData("spur", "short", null)]
    public void NamesThatMayMeanTheSame_AreNoted(string first, string second, string? kind)
    {
        _data.Classes[0] = first;
        _data.Classes[1] = second;
        foreach (string split in new[] { "train", "val" })
        {
            for (int i = 0; i < 2; i++)
            {
                using Torch.Images.Image image = _data.Draw().Image;
                _data.Add(split, $"{split}-{i}.png", image.Encode(".png"), [(first, new Box(5, 5, 40, 50)), (second, new Box(90, 90, 140, 120))]);
            }
        }

        Assert.Equal(kind is null ? [] : [$"{kind} 1"], CheckedFolder.Kinds(_data.Write().Check()));
    }

    [Fact]
    public void NamesOfTheSameEmbedding_AreNoted()
    {
        _data.Classes.Clear();
        _data.Classes.AddRange(["hole", "stain", "pit"]);
        CheckReport report = _data.AddDrawn("train", 3).AddDrawn("val", 3).Write().Check(
            request => request with { Embed = names => [.. names.Select(name => name == "stain" ? new[] { 0f, 1 } : name == "pit" ? [1, 0.1f] : [1, 0])] });
        CheckProblem alike = Assert.Single(report.Problems, problem => problem.Kind == "alike_embeddings");
        Assert.Equal("'hole' and 'pit': cosine 0.995", Assert.Single(alike.Problem.Examples));
    }

    [Theory]
    [InlineData("part7_jpg.rf.0123456789abcdef0123456789abcdef.jpg", "part7")]
    [InlineData("Part7 - Copy (2).png", "part7")]
    [InlineData("part7_copy2.png", "part7")]
    [InlineData("part7_aug_3.png", "part7")]
    [InlineData("000123.jpg", null)]
    [InlineData("IMG_0123.jpg", null)]
    [InlineData("2024-05-11 10.22.png", null)]
    public void AFileName_SpeaksOfAPart(string file, string? part) => Assert.Equal(part, PartName.Of($"folder/{file}"));

    [Fact]
    public void EveryPlace_IsKept_AndALineShowsThree()
    {
        DataProblems problems = new("data");
        Enumerable.Range(0, 1_500).ToList().ForEach(i => problems.Add(DataProblemKind.UnreadableImage, $"image {i}"));
        DataProblem problem = problems.List().Single();
        Assert.Equal((1_500, 1_000, "image 999"), (problem.Count, problem.Examples.Count, problem.Examples[^1]));
        Assert.Equal("1500 unreadable images, skipped (image 0, image 1, image 2, …)", problem.ToString());
    }

    [Fact]
    public void AModel_DoubtsLabels_AndMissesSome()
    {
        LabelledBox[] boxes = [new(0, new Box(0, 0, 10, 10)), new(1, new Box(50, 50, 60, 60)), new(2, new Box(80, 80, 90, 90))];
        Detection[] found =
        [
            new(0, 0.2, new Box(1, 1, 11, 11)), new(0, 0.9, new Box(50, 50, 60, 60)), new(1, 0.8, new Box(20, 20, 30, 30)), new(1, 0.5, new Box(30, 60, 40, 70)),
        ];
        ModelOpinion opinion = ModelOpinion.Of(found, boxes, [0, 1]);
        Assert.Equal([found[2]], opinion.Extra);
        Assert.Equal([boxes[1]], opinion.NotFound);
        Assert.Equal(2, opinion.Judged);
    }
}
