using System.Text.Json;
using Graft.Data;
using Graft.Detectors;
using Graft.Synthetic;
using Graft.Text;
using Graft.Torch.Images;

namespace Graft.Tests.Synthetic;

[SideBySide]
public sealed class SyntheticDatasetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("graft-synthetic").FullName;

    [Fact]
    public void Write_IsReadBackByTheCocoReader()
    {
        SyntheticOptions few = new() { Classes = ["stain", "scratch", "hole"], Materials = ["brushed metal", "leather"] };
        SyntheticDataset.Write(_folder, [new("train", 10, 6) { Options = few }, new("val", 100, 4) { Options = few }]);
        SyntheticGenerator generator = new(few);
        CocoFile train = CocoFile.Read(Path.Combine(_folder, "annotations", "train.json"));
        Assert.Equal([(1, "scratch"), (3, "hole"), (4, "stain")], train.Categories.Select(c => ((int)c.Id, c.Name)));
        Assert.Equal(6, train.Images.Count);
        for (int i = 0; i < train.Images.Count; i++)
        {
            SyntheticImage drawn = generator.Draw(10, i);
            CocoAnnotation[] boxes = [.. train.Annotations.Where(a => a.ImageId == train.Images[i].Id)];
            Assert.Equal(
                drawn.Objects.Select(o => (o.Class.Id, o.Box)),
                boxes.Select(a => ((int)a.CategoryId, Box.FromSize(a.X, a.Y, a.Width, a.Height))));
            using Image image = Image.Load(Path.Combine(_folder, "images", "train", train.Images[i].FileName));
            Assert.Equal((320, 320), (image.Width, image.Height));
            Assert.InRange(MeanDifference(drawn, image), 0, 6);
        }

        string[][] texts = JsonSerializer.Deserialize<string[][]>(File.ReadAllText(Path.Combine(_folder, "class_texts.json")))!;
        Assert.Equal(["scratch", "hole", "stain"], texts.Select(prompts => prompts[0]));
        Assert.Equal(4, Directory.GetFiles(Path.Combine(_folder, "images", "val")).Length);
    }

    [Fact]
    public void Png_KeepsEveryByte()
    {
        SyntheticDataset.Write(_folder, [new("one", 5, 1)], ".png");
        SyntheticImage drawn = new SyntheticGenerator(new SyntheticOptions()).Draw(5, 0);
        using Image image = Image.Load(Path.Combine(_folder, "images", "one", "000000.png"));
        Assert.Equal(0, MeanDifference(drawn, image));
    }

    [Fact]
    public void EqualCalls_WriteEqualBytes_WithAttributesAndQueries()
    {
        string[] folders = [Path.Combine(_folder, "a"), Path.Combine(_folder, "b")];
        SyntheticSplit[] splits = [new("train", 30, 5), new("novel", 90, 3) { Options = new() { Classes = SyntheticVocabulary.GroupOrNull("novel")! } }];
        int[][] boxes = [[.. SyntheticDataset.Write(folders[0], splits)], [.. SyntheticDataset.Write(folders[1], splits, threads: 1)]];
        Assert.Equal(boxes[0], boxes[1]);
        string[] files = [.. Directory.GetFiles(folders[0], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folders[0], path))];
        Assert.Equal(8 + 2 + 2 + 8, files.Length);
        Assert.All(files, name => Assert.Equal(File.ReadAllBytes(Path.Combine(folders[0], name)), File.ReadAllBytes(Path.Combine(folders[1], name))));

        using JsonDocument train = JsonDocument.Parse(File.ReadAllText(Path.Combine(folders[0], "annotations", "train.json")));
        Assert.Equal(boxes[0][0], train.RootElement.GetProperty("annotations").GetArrayLength());
        Assert.All(train.RootElement.GetProperty("annotations").EnumerateArray(), one =>
        {
            Assert.NotEmpty(one.GetProperty("attributes").GetProperty("tone").GetString()!);
            Assert.NotEmpty(one.GetProperty("attributes").GetProperty("shape").GetString()!);
        });
        Assert.All(train.RootElement.GetProperty("images").EnumerateArray(), one => Assert.Contains(one.GetProperty("material").GetString(), SyntheticVocabulary.Materials));
        Assert.Equal(Enumerable.Range(1, 8), train.RootElement.GetProperty("categories").EnumerateArray().Select(one => one.GetProperty("id").GetInt32()));
        Assert.Equal(Enumerable.Range(9, 6), CocoFile.Read(Path.Combine(folders[0], "annotations", "novel.json")).Categories.Select(c => (int)c.Id));
        Assert.Equal(6, PromptSet.Load(Path.Combine(folders[0], "queries", "novel_descriptions.json")).Classes.Count);
        using JsonDocument ids = JsonDocument.Parse(File.ReadAllText(Path.Combine(folders[0], "split.json")));
        Assert.Equal((8, 6), (ids.RootElement.GetProperty("base").GetArrayLength(), ids.RootElement.GetProperty("novel").GetArrayLength()));
    }

    [Fact]
    public void CancelledSplit_LeavesNothing_AndThoseBeforeIt_Stay()
    {
        using CancellationTokenSource stop = new();
        StopAt progress = new(5, stop);
        SyntheticSplit[] splits = [new("first", 10, 3), new("second", 100, 400)];
        SyntheticDataset.Write(_folder, [new("second", 1_000, 2)]);
        Assert.ThrowsAny<OperationCanceledException>(() => SyntheticDataset.Write(_folder, splits, progress: progress, cancellation: stop.Token));
        Assert.Equal(["first.json"], Directory.GetFiles(Path.Combine(_folder, "annotations")).Select(Path.GetFileName));
        Assert.Empty(Directory.GetDirectories(Path.Combine(_folder, "images"), "*.partial"));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_folder, "images", "first")).Length);
    }

    [Fact]
    public void FolderThatIsNotEmpty_IsRefused()
    {
        SyntheticDataset.RequireFree(_folder);
        SyntheticDataset.RequireFree(Path.Combine(_folder, "absent"));
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "mine");
        GraftException error = Assert.Throws<GraftException>(() => SyntheticDataset.RequireFree(_folder));
        Assert.Equal(Failure.Refused, error.Failure);
        Assert.Contains("notes.txt", error.Message, StringComparison.Ordinal);
        Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => SyntheticDataset.RequireFree(Path.Combine(_folder, "notes.txt"))).Failure);
    }

    [Fact]
    public void FolderThatCannotBeWritten_IsOneClearError()
    {
        File.WriteAllText(Path.Combine(_folder, "images"), "a file in place of the folder");
        GraftException error = Assert.Throws<GraftException>(() => SyntheticDataset.Write(_folder, [new("train", 5, 3)]));
        Assert.Equal(Failure.Runtime, error.Failure);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class StopAt(int image, CancellationTokenSource stop) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value >= image)
            {
                stop.Cancel();
            }
        }
    }

    private static double MeanDifference(SyntheticImage drawn, Image image)
    {
        long sum = 0;
        for (int y = 0; y < SyntheticImage.Size; y++)
        {
            Span<byte> row = image.Row(y);
            for (int i = 0; i < row.Length; i++)
            {
                sum += Math.Abs(row[i] - drawn.Rgb[(((y * SyntheticImage.Size) + (i / 3)) * 3) + 2 - (i % 3)]);
            }
        }

        return sum / (double)drawn.Rgb.Length;
    }
}
