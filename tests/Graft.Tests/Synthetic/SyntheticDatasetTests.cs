using System.Text.Json;
using Graft.Data;
using Graft.Detectors;
using Graft.Synthetic;
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
    public void FolderThatCannotBeWritten_IsOneClearError()
    {
        File.WriteAllText(Path.Combine(_folder, "images"), "a file in place of the folder");
        GraftException error = Assert.Throws<GraftException>(() => SyntheticDataset.Write(_folder, [new("train", 5, 3)]));
        Assert.Equal(Failure.Runtime, error.Failure);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

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
