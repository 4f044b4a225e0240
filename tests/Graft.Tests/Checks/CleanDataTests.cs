using Graft.Checks;
using Graft.Data;
using Graft.Detectors;
using Graft.Synthetic;
using Graft.Torch.Images;

namespace Graft.Tests.Checks;

/// <summary>Nothing is wrong with a clean set, however alike its parts look; copies of an image are found whatever was done to them.</summary>
[SideBySide]
public sealed class CleanDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void DrawnImages_HaveNoErrorsAndNoWarnings()
    {
        SyntheticDataset.Write(_folder.Path, [new("train", 1_000, 60), new("val", 900_000, 30)]);
        CheckReport report = CheckedFolder.CheckOf(_folder.Path);
        Assert.Empty(CheckedFolder.Kinds(report));
        Assert.False(report.HasErrors);
        Assert.Equal(90, report.Images);
        Assert.Equal(report.ClassNames.Count, report.Sheets.Count);
    }

    [SharedFact]
    public void RealBoards_HaveNoProblemAtAll()
    {
        CheckReport report = CheckedFolder.CheckOf(Shared.PathOf("data", "deeppcb-mini"));
        Assert.Empty(report.Problems);
        Assert.Equal((360, 2422, 6), (report.Images, report.Boxes, report.Sheets.Count));
        Assert.Equal((310, 151), (report.Splits[0].Count(0), report.Splits[1].Count(0)));
        Assert.Equal((547, 1108, 1), report.Splits[0].Sizes());
        Assert.All(report.Sheets, sheet => Assert.Equal(24, sheet.Boxes));
    }

    [Theory]
    [InlineData(8, 70)]
    [InlineData(14, 20)]
    public void TheSameBoard_WithOtherDefects_IsNoCopy(int side, int contrast)
    {
        using CheckedFolder data = new();
        using Image board = Board();
        for (int i = 0; i < 12; i++)
        {
            (int x, int y) = (20 + (23 * i), 300 - (22 * i));
            using Image part = Noisy(board, i);
            part.Rectangle(x, y, x + side - 1, y + side - 1, Colour.Grey(part.Row(y)[3 * x] > 128 ? part.Row(y)[3 * x] - contrast : part.Row(y)[3 * x] + contrast), -1);
            data.Add(i < 8 ? "train" : "val", $"part-{i}-{side}.png", part.Encode(".png"), [(i % 2 == 0 ? "hole" : "stain", new Box(x, y, x + side, y + side))]);
        }

        Assert.Empty(CheckedFolder.Kinds(data.Write().Check()));
    }

    [Fact]
    public void CleanPartsUnderAFixedCamera_AreNoCopies()
    {
        using CheckedFolder data = new();
        using Image board = Board();
        data.AddDrawn("train", 4).AddDrawn("val", 4);
        for (int i = 0; i < 6; i++)
        {
            using Image part = Noisy(board, i);
            data.Add(i < 4 ? "train" : "val", $"clean-part-{i}.png", part.Encode(".png"), []);
        }

        Assert.Empty(CheckedFolder.Kinds(data.Write().Check()));
    }

    [Theory]
    [InlineData("jpg 40")]
    [InlineData("half")]
    [InlineData("larger")]
    [InlineData("darker")]
    [InlineData("grey")]
    [InlineData("noise")]
    public void AVersionOfAnImage_IsACopy(string version)
    {
        using CheckedFolder data = new();
        using Image original = Board();
        using Image changed = Changed(original, version);
        Box box = new(60, 70, 110, 120);
        data.AddDrawn("train", 2).AddDrawn("val", 2);
        data.Add("train", "original.png", original.Encode(".png"), [("hole", box)]);
        data.Add("val", "version.png", changed.Encode(".png"), []);
        data.Annotate("val", new
        {
            id = data.NextId("val"),
            image_id = data.LastImage("val"),
            category_id = 1,
            bbox = new[] { 60.0 * changed.Width / 320, 70.0 * changed.Width / 320, 50.0 * changed.Width / 320, 50.0 * changed.Width / 320 },
        });
        string file = data.Write().Root + "/annotations/val.json";
        File.WriteAllText(file, File.ReadAllText(file).Replace(
            "\"version.png\",\"width\":320,\"height\":320", $"\"version.png\",\"width\":{changed.Width},\"height\":{changed.Height}", StringComparison.Ordinal));
        Assert.Equal(["near_shared_image 1"], CheckedFolder.Kinds(data.Check()));
    }

    [Fact]
    public void ManyCopies_AreComparedWithOneOfThem()
    {
        using Image board = Board();
        ImageFingerprint fingerprint = ImageFingerprint.Of(board);
        ImageFingerprint[] all = [.. Enumerable.Range(0, 20_000).Select(i => fingerprint with { Pixels = (UInt128)i })];
        DetectionImage[] labels = [.. all.Select((_, i) => new DetectionImage(i, "", 320, 320, [new LabelledBox(0, new Box(5, 5, 90, 60))]))];
        CopyGroups groups = CopyGroups.Of(all, labels);
        Assert.All(groups.Near, first => Assert.Equal(0, first));
        Assert.Equal(19_999, groups.Exact[^1]);
    }

    private static Image Board()
    {
        SyntheticGenerator generator = new(new SyntheticOptions { Materials = ["circuit board"] });
        return generator.DrawUpTo(77, 0).ToImage();
    }

    private static Image Noisy(Image image, int seed)
    {
        SplitMix64 random = new((ulong)seed);
        Image noisy = image.Copy();
        for (int y = 0; y < noisy.Height; y++)
        {
            foreach (ref byte value in noisy.Row(y))
            {
                value = (byte)Math.Clamp(value + random.Integer(-4, 4), 0, 255);
            }
        }

        return noisy;
    }

    private static Image Changed(Image image, string version)
    {
        switch (version)
        {
            case "jpg 40": return Image.Decode(image.Encode(".jpg", 40));
            case "half": return image.Resize(160, 160, Interpolation.Area);
            case "larger": return image.Resize(480, 480, Interpolation.Cubic);
            case "noise": return Noisy(image, 5);
            case "grey":
                using (Image grey = image.ToGrey())
                {
                    return grey.FromGrey();
                }

            default:
                return image.Lookup([.. Enumerable.Range(0, 768).Select(i => (byte)((i % 256 * 0.85) + 4))]);
        }
    }
}
