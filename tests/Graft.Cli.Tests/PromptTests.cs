using System.Text.Json;
using Graft.Synthetic;

namespace Graft.Cli.Tests;

/// <summary>A tiny base trained until it has memorised its images, shared by the tests.</summary>
public sealed class WordsBase : IDisposable
{
    public WordsBase()
    {
        SyntheticOptions options = new() { Classes = ["hole", "stain"], Materials = ["ceramic tile"] };
        // The model is to know its images by heart, so it is validated on some of them: the splits are written one by one.
        SyntheticDataset.Write(Folder.At("data"), [new("train", 1_000, 12) { Options = options }]);
        SyntheticDataset.Write(Folder.At("data"), [new("val", 1_000, 6) { Options = options }]);
        Folder.Write("tiny.yaml", """
            model: {kind: yolo_world, widen_factor: 0.125, deepen_factor: 0.33, last_stage_out_channels: 512, num_classes: 2}
            text: {model: stand-in}
            train: {epochs: 2, batch: 4, imgsz: 96, lr: 0.001, mosaic: 0, scale: 0, translate: 0, hsv_h: 0, hsv_s: 0, hsv_v: 0, close_mosaic: 0, workers: 1}
            """);
        Folder.Write("prompts.yaml", """
            _base_: tiny.yaml
            text: {learn: true}
            tuning: {}
            """);
        GraftCli.Result result = Train("tiny.yaml", "base", "train.epochs=60", "train.lr=0.004", "train.val_interval=20");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.InRange(result.Json.GetProperty("best").GetProperty("map").GetDouble(), 0.02, 1);
    }

    internal TemporaryFolder Folder { get; } = new();

    internal GraftCli.Result Train(string config, string name, params string[] more)
        => GraftCli.Run(["train", Folder.At(config), "--data", Folder.At("data"), "--work-dir", Folder.At(name), "--threads", "1", "--json", .. more]);

    public void Dispose() => Folder.Dispose();
}

/// <summary>Learned prompts, baked vocabularies, and what tuning retains of the base, on a tiny model and drawn images.</summary>
public sealed class PromptTests(WordsBase made) : IClassFixture<WordsBase>
{
    private readonly TemporaryFolder _folder = made.Folder;

    [Fact]
    public void TunedPrompts_WorkAlikeInEveryCommand()
    {
        GraftCli.Result tuned = Train("prompts.yaml", "tuned", "--base", _folder.At("base"));
        Assert.Equal(0, tuned.ExitCode);
        Assert.Equal(2 * 512, tuned.Json.GetProperty("trainable").GetInt64());
        Assert.Equal(2 * 512, GraftCli.Run("inspect", _folder.At("prompts.yaml"), "--json").Json.GetProperty("trainable").GetInt64());

        string words = _folder.At("tuned", "weights", "prompts.npy"), baked = _folder.At("baked.safetensors");
        double expected = Map(_folder.At("tuned"));
        Assert.Equal(expected, Map(_folder.At("base"), "--prompts", words), 1e-9);
        Assert.Equal(expected, Map(_folder.At("base"), "--adapter", _folder.At("tuned", "weights", "adapter.safetensors")), 1e-9);
        GraftCli.Result reparam = GraftCli.Run("reparam", _folder.At("base"), "--prompts", words, "--out", baked, "--json");
        Assert.Equal(0, reparam.ExitCode);
        Assert.Equal(expected, Map(baked), 1e-6);
        Assert.Contains("graft.new_words", GraftCli.Run("inspect", baked).Output, StringComparison.Ordinal);
        GraftCli.Result found = GraftCli.Run("predict", _folder.At("base"), _folder.At("data", "images", "val"), "--prompts", words, "--out", _folder.At("found"));
        Assert.Equal(0, found.ExitCode);
        GraftCli.Result again = Train("prompts.yaml", "again", "--base", _folder.At("base"), $"data.embeddings={words}", "text.mlp=true", "train.epochs=1");
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(Map(_folder.At("again")), Map(_folder.At("base"), "--prompts", _folder.At("again", "weights", "prompts.npy")), 1e-9);
    }

    [Fact]
    public void SampledNegatives_TrainTwiceToTheSameWeights()
    {
        string[] shown = ["text.shown=3", "text.negatives=scratch, dent, crack", "text.synonyms=sample", "train.epochs=2"];
        Assert.Equal(0, Train("tiny.yaml", "first", shown).ExitCode);
        Assert.Equal(0, Train("tiny.yaml", "second", shown).ExitCode);
        Assert.Equal(
            File.ReadAllBytes(_folder.At("first", "weights", "last.safetensors")), File.ReadAllBytes(_folder.At("second", "weights", "last.safetensors")));
    }

    [Fact]
    public void Retention_HasOneFigure_ADriftPerClass_AndAGate()
    {
        GraftCli.Result same = Retention(_folder.At("base"), "1");
        Assert.Equal(0, same.ExitCode);
        Assert.Equal(1, same.Json.GetProperty("retention").GetDouble());
        Assert.All(same.Json.GetProperty("drift").EnumerateArray(), one => Assert.Equal(0, one.GetProperty("drift").GetDouble()));

        Assert.Equal(0, Train("tiny.yaml", "spoiled", "--base", _folder.At("base"), "train.epochs=3", "train.lr=0.5", "train.clip_norm=0").ExitCode);
        GraftCli.Result lost = Retention(_folder.At("spoiled"), "0.9");
        Assert.Equal(6, lost.ExitCode);
        JsonElement report = lost.Json;
        Assert.Equal(report.GetProperty("map_after").GetDouble() / report.GetProperty("map_before").GetDouble(), report.GetProperty("retention").GetDouble(), 1e-9);
        Assert.Equal(["hole", "stain"], report.GetProperty("drift").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.Equal(2, GraftCli.Run("val", _folder.At("base"), "--min-retention", "0.5").ExitCode);

        GraftCli.Result Retention(string target, string least) => GraftCli.Run("val", target, "--before", _folder.At("base"), "--min-retention", least, "--json");
    }

    [Fact]
    public void ABakedModel_TrainsFurther_AndKeepsItsClasses()
    {
        string baked = _folder.At("baked.safetensors");
        Assert.Equal(0, GraftCli.Run("reparam", _folder.At("base"), "--out", baked).ExitCode);
        string[] sizes = ["model.baked_head=2", "model.baked_neck=2", "train.lr=0.0005"];
        GraftCli.Result further = Train("tiny.yaml", "further", [.. sizes, "--base", baked, "train.epochs=3"]);
        Assert.Equal(0, further.ExitCode);
        Assert.Contains("note: command line: model.baked_head is 2; it is ignored", further.Errors, StringComparison.Ordinal);
        Assert.Equal(further.Json.GetProperty("best").GetProperty("map").GetDouble(), Map(_folder.At("further")), 1e-9);
        string images = _folder.At("data", "images", "val");
        GraftCli.Run("predict", _folder.At("further"), images, "--prompts", "hole,stain", "--out", _folder.At("found")).Succeeds();
        GraftCli.Run("predict", _folder.At("further"), images, "--prompts", "hole,crack", "--out", _folder.At("more")).Fails(2, "baked in", "hole, stain", "hole, crack");
        GraftCli.Result other = Train("tiny.yaml", "other", [.. sizes, "--base", baked, "data.classes=[stain, hole]"]);
        Assert.Equal(4, other.ExitCode);
        Assert.Contains("baked", other.Errors, StringComparison.Ordinal);
    }

    private static double Map(string target, params string[] more)
    {
        GraftCli.Result result = GraftCli.Run(["val", target, "--json", .. more]);
        Assert.True(result.ExitCode == 0, result.Errors);
        return result.Json.GetProperty("map").GetDouble();
    }

    private GraftCli.Result Train(string config, string name, params string[] more) => made.Train(config, name, more);
}
