using System.Security.Cryptography;
using Graft.Checks;
using Graft.Detectors;
using Graft.Torch.Images;

namespace Graft.Tests.Checks;

/// <summary>Every kind of fault is planted once in a set of drawn images, found, and repaired in a copy.</summary>
[SideBySide]
public sealed class PlantedFaultsTests : IDisposable
{
    private static readonly string[] Planted =
    [
        "alike_classes 1", "box_clipped 1", "box_outside 1", "class_in_one_split 2", "class_out_of_range 1", "class_without_box 2", "conflicting_box 1",
        "damaged_image 1", "duplicate_image 1", "huge_box 1", "malformed_annotation 1", "missing_image 1", "near_duplicate_image 1",
        "near_shared_image 1", "shared_image 1", "shared_name 1", "similar_box 1", "similar_classes 2", "tiny_box 1", "unreadable_image 1", "zero_size_box 2",
    ];

    private readonly CheckedFolder _data = new();

    public PlantedFaultsTests()
    {
        _data.Classes.AddRange(["dent", "crack", "stains", "Stain"]);
        (Image first, IReadOnlyList<(string, Box)> boxes) = _data.Draw();
        (Image second, IReadOnlyList<(string, Box)> others) = _data.Draw();
        using (first)
        using (second)
        {
            _data.AddDrawn("train", 6);
            _data.AddDrawn("val", 4);

            // Copies: the same pixels in another format, and the same image encoded again; in the split and across.
            _data.Add("train", "first.png", first.Encode(".png"), boxes);
            _data.Add("train", "first.bmp", first.Encode(".bmp"), boxes);
            _data.Add("val", "other.bmp", first.Encode(".bmp"), boxes);
            _data.Add("train", "second.png", second.Encode(".png"), others);
            _data.Add("train", "second.jpg", second.Encode(".jpg", 60), others);
            _data.Add("val", "third.jpg", second.Encode(".jpg", 75), others);
        }

        byte[] whole = Drawn(".jpg");
        _data.Add("train", "cut.jpg", whole[..(whole.Length / 2)], [("hole", new Box(5, 5, 30, 30))]);
        _data.Add("train", "text.png", "this is no image"u8.ToArray(), []);
        _data.List("train", "absent.png", 320, 320);
        _data.Add("train", "board a.png", Drawn(".png"), [("hole", new Box(40, 40, 80, 80))]);
        _data.Add("val", "board a.jpg", Drawn(".jpg"), [("hole", new Box(40, 40, 80, 80)), ("stains", new Box(100, 100, 140, 160))]);
        _data.Add("train", "empty.png", Drawn(".png"), []);
        _data.Add("train", "boxes.png", Drawn(".png"), Boxes());
        _data.Annotate("train", new { id = _data.NextId("train"), image_id = _data.LastImage("train"), category_id = 1 });
        _data.Annotate("train", new { id = _data.NextId("train"), image_id = _data.LastImage("train"), category_id = 77, bbox = new[] { 1, 1, 9, 9 } });
        _data.Write();
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public void EveryPlantedFault_IsFoundByItsKind_AndNoOther()
    {
        CheckReport report = _data.Check();
        Assert.Equal(Planted, CheckedFolder.Kinds(report));
        Assert.True(report.HasErrors);
        Assert.Contains(report.Problems, problem => problem.Kind == "unlabelled_image" && problem.Severity == CheckSeverity.Remark);
        Assert.All(report.Problems, problem => Assert.NotEmpty(problem.Problem.Examples));
        Assert.All(report.Problems, problem => Assert.NotEmpty(problem.Advice));

        Assert.Contains("images/train/first.bmp and images/train/first.png", Examples(report, "duplicate_image"));
        Assert.Contains("images/train/second.jpg and images/train/second.png", Examples(report, "near_duplicate_image"));
        Assert.Contains("images/val/other.bmp and images/train/first.png", Examples(report, "shared_image"));
        Assert.Contains("images/val/third.jpg and images/train/second.png", Examples(report, "near_shared_image"));
        Assert.Contains("images/val/board a.jpg and images/train/board a.png", Examples(report, "shared_name"));
        Assert.Contains("'Stain'", Examples(report, "alike_classes"), StringComparison.Ordinal);
        Assert.Contains("'crack'", Examples(report, "class_without_box"), StringComparison.Ordinal);
        Assert.Contains("'dent': 4 in train, 0 in val", Examples(report, "class_in_one_split"), StringComparison.Ordinal);
        Assert.Contains("hole at (60, 60), 40 × 40 px, also dent", Examples(report, "conflicting_box"), StringComparison.Ordinal);
    }

    [Fact]
    public void TheRepairedCopy_HasNoneOfTheRepairedKinds_AndTheDataStaysAsItIs()
    {
        string before = Fingerprint(_data.Root), copy = _data.At("copy");
        CheckReport report = _data.Check(request => request with { Fix = copy });
        Assert.Equal(before, Fingerprint(_data.Root));

        CheckReport repaired = CheckedFolder.CheckOf(copy);
        HashSet<string> gone = [.. report.Problems.Where(problem => problem.IsRepaired).Select(problem => problem.Kind)];
        Assert.Equal(13, gone.Count);
        Assert.Empty(repaired.Problems.Where(problem => gone.Contains(problem.Kind)).Select(problem => problem.Kind));
        Assert.False(repaired.HasErrors);
        Assert.Equal((report.Repair!.Images, report.Repair.Boxes), (repaired.Images, repaired.Boxes));

        // The validation split keeps what both had; all else that could be read stays.
        string[] train = [.. Directory.GetFiles(Path.Combine(copy, "images", "train")).Select(path => Path.GetFileName(path)!)];
        string[] val = [.. Directory.GetFiles(Path.Combine(copy, "images", "val")).Select(path => Path.GetFileName(path)!)];
        Assert.DoesNotContain(train, name => name.StartsWith("first", StringComparison.Ordinal) || name.StartsWith("second", StringComparison.Ordinal));
        Assert.Contains("other.bmp", val);
        Assert.Contains("third.jpg", val);
        Assert.Equal((9, 7), (train.Length, val.Length));
        Assert.Contains("4 training images left out that the validation split has too", report.Repair.Removed);
        Assert.Contains("1 image that cannot be read left out", report.Repair.Removed);
    }

    [Fact]
    public void ACopy_ReplacesAnEarlierCopyOnRequest_AndNothingElse()
    {
        string copy = _data.At("copy");
        _data.Check(request => request with { Fix = copy });
        GraftException again = Assert.Throws<GraftException>(() => _data.Check(request => request with { Fix = copy }));
        Assert.Equal(Failure.Refused, again.Failure);
        Assert.Contains("--overwrite", again.Hint, StringComparison.Ordinal);
        Assert.NotNull(_data.Check(request => request with { Fix = copy, Overwrite = true }).Repair);

        string own = _data.At("own");
        Directory.CreateDirectory(own);
        File.WriteAllText(Path.Combine(own, "letter.txt"), "mine");
        Assert.Equal(Failure.Refused, Assert.Throws<GraftException>(() => _data.Check(request => request with { Fix = own, Overwrite = true })).Failure);
        Assert.Equal(["letter.txt"], Directory.GetFileSystemEntries(own).Select(path => Path.GetFileName(path)));
        Assert.Equal(
            Failure.Usage, Assert.Throws<GraftException>(() => _data.Check(request => request with { Fix = Path.Combine(_data.Root, "copy") })).Failure);
    }

    [Fact]
    public void TheSameData_GivesTheSameReport()
    {
        string first = Text(_data.Check(request => request with { Threads = 1 })), second = Text(_data.Check(request => request with { Threads = 4 }));
        Assert.Equal(first, second);

        static string Text(CheckReport report) => string.Join('\n', report.Problems.Select(problem => problem.Problem.ToString())
            .Concat(report.Sheets.Select(sheet => Convert.ToHexString(SHA256.HashData(sheet.Jpeg)))));
    }

    private static (string, Box)[] Boxes() =>
    [
        ("hole", new Box(400, 20, 430, 40)), ("hole", new Box(300, 20, 340, 40)),
        ("hole", new Box(20, 20, 20, 40)), ("hole", new Box(50, 20, 30, 40)),
        ("hole", new Box(200, 200, 202.5, 203)), ("hole", new Box(1, 1, 319, 319)),
        ("dent", new Box(60, 60, 100, 100)), ("hole", new Box(60, 60, 100, 100)),
        ("dent", new Box(150, 60, 190, 100)), ("dent", new Box(150, 60.5, 190, 100)), ("dent", new Box(220, 60, 260, 100)),
    ];

    private byte[] Drawn(string extension)
    {
        using Image image = _data.Draw().Image;
        return image.Encode(extension, 90);
    }

    private static string Examples(CheckReport report, string kind)
        => string.Join("; ", report.Problems.Single(problem => problem.Kind == kind).Problem.Examples);

    private static string Fingerprint(string folder) => string.Join('\n', Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(path => $"{path} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"));
}
