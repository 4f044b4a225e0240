using System.Text.RegularExpressions;
using Graft.Torch.Images;

namespace Graft.Cli.Tests;

/// <summary>docs/getting-started.md: its data sets are read, and its command lines run.</summary>
public sealed partial class GettingStartedTests : IDisposable
{
    private static readonly string[] Small =
        ["epochs=1", "imgsz=64", "batch=2", "workers=0", "close_mosaic=0", "model.widen_factor=0.125", "model.last_stage_out_channels=512"];

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void EveryCommandLine_RunsOnTheDataThatThePageShows()
    {
        string page = File.ReadAllText(Path.Combine(Shared.Checkout, "docs", "getting-started.md"));
        string[] Blocks(string language) => [.. Block().Matches(page).Where(block => block.Groups[1].Value == language).Select(block => block.Groups[2].Value)];
        string label = Blocks("text").Single(block => char.IsAsciiDigit(block[0]));
        foreach ((string split, string name, int light) in new[] { ("train", "board-001", 60), ("val", "board-101", 120) })
        {
            foreach (string root in new[] { "my-data", "my-coco" })
            {
                string file = _folder.At(root, "images", split, name + ".jpg");
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, Board(light));
            }

            _folder.Write($"my-data/labels/{split}/{name}.txt", label);
            _folder.Write($"my-coco/annotations/{split}.json", Blocks("json").Single().Replace("board-001", name, StringComparison.Ordinal));
        }

        _folder.Write("my-data/data.yaml", Blocks("yaml").First());
        string own = _folder.Write("own.yaml", Blocks("yaml").Last().Replace("/path/to/graft", Shared.Checkout, StringComparison.Ordinal));
        string shown = GraftCli.Run("config", "show", own).Succeeds().Output;
        Assert.Contains("lora", shown, StringComparison.Ordinal);
        Assert.Matches(@"model\.widen_factor +0\.25 ", shown);
        string[] lines = [.. Blocks("sh").SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries))];
        Assert.True(lines.Length >= 8, "the page lost its command lines");
        foreach (string line in lines)
        {
            List<string> words = [.. line.Split(' ').Select(word => Own().IsMatch(word) ? _folder.At(word) : word)];
            Assert.Equal("./graft", words[0]);
            if (words[1] == "train")
            {
                // The page extends a run of a hundred epochs; here it has one.
                words = [.. words.Where(word => !word.StartsWith("epochs=", StringComparison.Ordinal)), .. words.Contains("--resume") ? ["epochs=2"] : Small];
                words.AddRange(["--project", _folder.At("runs", "detect")]);
            }

            GraftCli.Run([.. words.Skip(1)]).Succeeds();
        }

        Assert.True(File.Exists(_folder.At("merged.safetensors")));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>An image of the size that the page names, with a pin hole at its annotated position.</summary>
    private static byte[] Board(int light)
    {
        using Image image = new(640, 480, default);
        for (int y = 0; y < 480; y++)
        {
            image.Row(y).Fill((byte)light);
            if (y is >= 192 and < 288)
            {
                image.Row(y)[(288 * 3)..(352 * 3)].Fill(255);
            }
        }

        return image.Encode(".jpg", 90);
    }

    [GeneratedRegex("^```(\\w+)\\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^(my-data|my-coco|runs|merged)")]
    private static partial Regex Own();
}
