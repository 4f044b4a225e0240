using System.Text.Json;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft generate through the command line.</summary>
public sealed class GenerateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void DataSet_IsWritten_RefusedTwice_AndTheSameAgain()
    {
        string[] options = ["--split", "train=5@10", "--split", "val=3", "--classes", "hole,stain", "--materials", "leather", "--format", "png"];
        JsonElement json = GraftCli.Run(["generate", _folder.At("a"), .. options, "--json"]).Succeeds().Json;
        JsonElement[] splits = [.. json.GetProperty("splits").EnumerateArray()];
        Assert.Equal(["train", "val"], splits.Select(split => split.GetProperty("name").GetString()));
        Assert.Equal([10, 15], splits.Select(split => split.GetProperty("offset").GetInt32()));
        Assert.Equal(["hole", "stain"], splits[1].GetProperty("classes").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(5, Directory.GetFiles(_folder.At("a", "images", "train"), "*.png").Length);
        using (JsonDocument val = JsonDocument.Parse(File.ReadAllText(splits[1].GetProperty("annotations").GetString()!)))
        {
            Assert.All(val.RootElement.GetProperty("images").EnumerateArray(), image => Assert.Equal("leather", image.GetProperty("material").GetString()));
            Assert.Equal(splits[1].GetProperty("boxes").GetInt32(), val.RootElement.GetProperty("annotations").GetArrayLength());
        }

        GraftCli.Run(["generate", _folder.At("a"), .. options]).Fails(6, "not empty", "--overwrite");
        string annotations = File.ReadAllText(_folder.At("a", "annotations", "train.json"));
        File.WriteAllText(_folder.At("a", "annotations", "train.json"), "{}");
        string text = GraftCli.Run(["generate", _folder.At("a"), .. options, "--overwrite"]).Succeeds().Output;
        Assert.Contains("train", text, StringComparison.Ordinal);
        Assert.Equal(annotations, File.ReadAllText(_folder.At("a", "annotations", "train.json")));

        // The other folder is drawn on one thread.
        GraftCli.Run(["generate", _folder.At("b"), .. options, "--threads", "1"]).Succeeds();
        string[] files = [.. Directory.GetFiles(_folder.At("a"), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder.At("a"), path))];
        Assert.Equal(files.Order(), Directory.GetFiles(_folder.At("b"), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder.At("b"), path)).Order());
        Assert.All(files, name => Assert.Equal(File.ReadAllBytes(_folder.At("a", name)), File.ReadAllBytes(_folder.At("b", name))));
    }

    [Fact]
    public void DemoPreset_IsTheDefault()
    {
        JsonElement json = GraftCli.Run("generate", _folder.At("demo"), "--json", "--materials", "ceramic tile").Succeeds().Json;
        Assert.Equal([32, 16], json.GetProperty("splits").EnumerateArray().Select(split => split.GetProperty("images").GetInt32()));
        Assert.Equal(
            ["base.json", "lexical.json", "lexical_1.json", "lexical_2.json", "lexical_3.json"],
            Directory.GetFiles(_folder.At("demo", "queries")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(2, "NAME=COUNT", "--split", "train")]
    [InlineData(2, "share images", "--split", "a=5@3", "--split", "b=5@7")]
    [InlineData(2, "scrach", "--classes", "scrach")]
    [InlineData(2, "given no material", "--materials", ",")]
    [InlineData(2, "exclude", "--preset", "demo", "--split", "a=3")]
    [InlineData(2, "--seed", "--seed", "3")]
    [InlineData(2, "has its own classes", "--preset", "tests", "--classes", "base")]
    [InlineData(2, "expected jpg or png", "--format", "bmp")]
    public void BadInput_IsNamed_AndNothingIsWritten(int code, string words, params string[] options)
    {
        GraftCli.Run(["generate", _folder.At("out"), .. options]).Fails(code, words);
        Assert.False(Directory.Exists(_folder.At("out")));
    }

    [Fact]
    public void FileInPlaceOfTheFolder_IsNamed()
        => GraftCli.Run("generate", _folder.Write("out", "a file"), "--overwrite").Fails(2, "is a file");

    [Fact]
    public void CtrlC_KeepsCompleteSplits_AndNothingOfTheNext()
    {
        using RunningCli running = GraftCli.Begin("generate", _folder.At("out"), "--split", "first=4", "--split", "second=200000", "--json");
        running.WaitUntil(_ => Directory.Exists(_folder.At("out", "images", "second.partial")));
        running.Signal("INT");
        GraftCli.Result result = running.Finish().Ends(130);
        Assert.Contains("Complete splits", result.Errors, StringComparison.Ordinal);
        Assert.Equal(["first"], result.Json.GetProperty("complete").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal([_folder.At("out", "images", "first")], Directory.GetDirectories(_folder.At("out", "images")));
        Assert.Equal([_folder.At("out", "annotations", "first.json")], Directory.GetFiles(_folder.At("out", "annotations")));
    }
}
