using System.Text.Json;
using Graft.Torch.Images;

namespace Graft.Cli.Tests.Commands;

/// <summary>Results of a prediction: one per input, none lost, none replaced, bad inputs named.</summary>
public sealed class PredictCommandTests(TinyRun run) : IClassFixture<TinyRun>
{
    private TinyData Data => run.Data;

    [Fact]
    public void BadInputs_AreSkippedNamedAndCounted_AndTheOthersAreSearched()
    {
        string folder = Data.At("mixed"), found = Data.At("mixed-found");
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        File.Copy(Data.Image("val", 0), Path.Combine(folder, "000.jpg"));
        File.Copy(Data.Image("val", 1), Path.Combine(folder, "sub", "000.jpg"));
        File.WriteAllText(Path.Combine(folder, "001.jpg"), "");
        File.WriteAllText(Path.Combine(folder, "002.png"), "no image");
        File.WriteAllText(Path.Combine(folder, "003.mp4"), "no video");
        File.WriteAllBytes(Path.Combine(folder, "004.bmp"), CutOffBmp());
        Film(Path.Combine(folder, "film.avi"));
        GraftCli.Result result = GraftCli.Run("predict", run.Folder, folder, Data.At("absent.jpg"), "--out", found, "--json")
            .Fails(3, "5 of 8 inputs", "001.jpg", "002.png", "003.mp4", "004.bmp: not a readable image: it is damaged (cut off", "absent.jpg");
        Assert.DoesNotContain("imdecode", result.Errors, StringComparison.Ordinal);

        JsonElement[] images = [.. result.Json.GetProperty("images").EnumerateArray()];
        Assert.Equal(
            ["000.jpg", "film.mp4", "film.mp4", "film.mp4", "sub/000.jpg"],
            images.Select(image => Path.GetRelativePath(found, image.GetProperty("result").GetString()!).Replace('\\', '/')).Order());
        Assert.All(images, image => Assert.Equal(JsonValueKind.Array, image.GetProperty("boxes").ValueKind));
        Assert.Equal(5, result.Json.GetProperty("failed").GetArrayLength());
        Assert.All(result.Json.GetProperty("failed").EnumerateArray(), one => Assert.NotEmpty(one.GetProperty("error").GetString()!));
        Assert.Equal("data", result.Json.GetProperty("kind").GetString());
        Assert.Equal(
            ["000.jpg", "film.mp4", "sub/000.jpg"],
            Directory.EnumerateFiles(found, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(found, file).Replace('\\', '/')).Order());
    }

    [Fact]
    public void ResultsAmongTheSearchedImages_AreRefused_AndNothingIsTouched()
    {
        string folder = Directory.CreateDirectory(Data.At("own")).FullName, image = Path.Combine(folder, "000.jpg");
        File.Copy(Data.Image("val", 0), image);
        byte[] before = File.ReadAllBytes(image);
        GraftCli.Run("predict", run.Folder, folder, "--out", folder).Fails(2, "results", "Name another folder");
        GraftCli.Run("predict", run.Folder, image, "--out", folder).Fails(2, "000.jpg", "would replace");
        Assert.Equal(before, File.ReadAllBytes(image));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void Interrupted_KeepsFinishedResults_AndReportsIt(string signal, int code)
    {
        string folder = Directory.CreateDirectory(Data.At("many-" + signal)).FullName, found = Data.At("many-found-" + signal);
        for (int i = 0; i < 2000; i++)
        {
            File.CreateSymbolicLink(Path.Combine(folder, $"{i:0000}.jpg"), Data.Image("val", 0));
        }

        using RunningCli running = GraftCli.Begin("predict", run.Folder, folder, "--out", found, "--json");
        running.WaitUntil(_ => File.Exists(Path.Combine(found, "0001.jpg")));
        running.Signal(signal);
        GraftCli.Result result = running.Finish().Ends(code);
        Assert.True(result.Json.GetProperty("interrupted").GetBoolean());
        int done = result.Json.GetProperty("images").GetArrayLength();
        Assert.InRange(done, 2, 1999);
        Assert.Equal(done, Directory.GetFiles(found).Length);
        Assert.Contains($"{done} of 2,000 inputs", result.Errors, StringComparison.Ordinal);
    }

    /// <summary>Three grey frames.</summary>
    private static void Film(string path)
    {
        string whole = path + ".mp4";
        using (VideoWriter writer = new(whole, 10, 64, 64))
        {
            for (int i = 0; i < 3; i++)
            {
                using Image frame = new(64, 64, Colour.Grey(40 * (i + 1)));
                writer.Add(frame);
            }
        }

        File.Move(whole, path);
    }

    /// <summary>The header of 64 × 64 pixels of 24 bits, and the first of them.</summary>
    private static byte[] CutOffBmp()
    {
        byte[] bytes = new byte[500];
        using BinaryWriter writer = new(new MemoryStream(bytes));
        writer.Write("BM"u8);
        Array.ForEach([54 + (64 * 64 * 3), 0, 54, 40, 64, 64, 1 | (24 << 16), 0], writer.Write);
        return bytes;
    }
}
