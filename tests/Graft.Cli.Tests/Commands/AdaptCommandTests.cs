using System.Text.Json;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft adapt on a tiny base that reads the built-in text encoder, and a dozen drawn images.</summary>
public sealed class AdaptCommandTests(AdaptCommandTests.WordedBase made) : IClassFixture<AdaptCommandTests.WordedBase>
{
    [Fact]
    public void OneCommand_EndsWithAVerifiedOnnxFile_AndAConfigurationThatRunsAgain()
    {
        string folder = made.Data.At("adapted");
        JsonElement result = Adapt(folder, "--minutes", "30", "epochs=2", "imgsz=64", "--json").Succeeds().Json;

        string[] files = ["adapt.yaml", "data.onnx", "joined.safetensors", "merged.safetensors", "report.html", "report.md", "before_after.jpg"];
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(folder, file)), file));
        Assert.Equal(Path.Combine(folder, "data.onnx"), result.GetProperty("onnx").GetString());
        JsonElement scores = result.GetProperty("map50");
        Assert.InRange(scores.GetProperty("zero_shot").GetDouble(), 0, 1);
        Assert.Equal(scores.GetProperty("adapted").GetDouble(), scores.GetProperty("onnx").GetDouble(), 0.02);
        Assert.Equal(1, result.GetProperty("retention").GetDouble());
        Assert.True(result.GetProperty("merge").GetProperty("exact").GetBoolean());
        Assert.Equal(["hole", "stain"], Names(result.GetProperty("names")));
        Assert.Equal(["base/hole", "base/stain", "hole", "stain"], Names(result.GetProperty("joined_names")));
        Assert.Equal("given", result.GetProperty("choices").EnumerateArray().Single(choice => choice.GetProperty("key").GetString() == "train.epochs").GetProperty("reason").GetString());
        Assert.Equal(3, result.GetProperty("next").GetArrayLength());
        Assert.DoesNotContain("src=\"before", File.ReadAllText(Path.Combine(folder, "report.html")), StringComparison.Ordinal);

        string again = made.Data.At("again");
        GraftCli.Run("train", Path.Combine(folder, "adapt.yaml"), "--base", made.Base, "--work-dir", again, "--threads", "1").Succeeds();
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(folder, "run", "weights", "adapter.safetensors")), File.ReadAllBytes(Path.Combine(again, "weights", "adapter.safetensors")));

        Adapt(folder).Fails(6, "already holds an adaptation", "--overwrite");
    }

    [Fact]
    public void BadInput_IsNamed_AndLeavesNothing()
    {
        string folder = made.Data.At("refused");
        Adapt(folder, "--minutes", "0.1").Fails(2, "--minutes 0.1 is too little", "images/s");
        Adapt(folder, "--words", "a,b,c").Fails(3, "--words has 3 entries for 2 classes");
        Adapt(folder, "epoch=2").Fails(2, "epochs");
        GraftCli.Run("adapt", made.Data.At("absent"), "--base", made.Base, "--out", folder).Fails(3, "absent");
        GraftCli.Run("adapt", made.Data.Root, "--base", made.Data.At("absent.safetensors"), "--out", folder).Fails(4, "absent.safetensors");
        GraftCli.Run("adapt", made.Data.Root, "--base", made.Base, "--overwrite").Fails(2, "--out");
        Assert.False(Directory.Exists(folder));
    }

    private GraftCli.Result Adapt(string folder, params string[] more)
        => GraftCli.Run(["adapt", made.Data.Root, "--base", made.Base, "--out", folder, "--threads", "1", .. more]);

    private static IEnumerable<string?> Names(JsonElement names) => names.EnumerateArray().Select(name => name.GetString());

    /// <summary>Data, and a base that was trained on it with the built-in text encoder.</summary>
    public sealed class WordedBase : IDisposable
    {
        public WordedBase() => Data.Train("tiny.yaml", "base", "model.text_dim=384", "text.model=minilm").Succeeds();

        internal TinyData Data { get; } = new();

        internal string Base => Data.At("base");

        public void Dispose() => Data.Dispose();
    }
}
