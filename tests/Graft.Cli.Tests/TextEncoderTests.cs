using System.Text.Json;
using Graft.Files;
using Graft.Torch.Weights;

namespace Graft.Cli.Tests;

/// <summary>A tiny run on prompts of the built-in text encoder.</summary>
public sealed class EncodedRun : IDisposable
{
    public EncodedRun()
    {
        Data.Write("words.yaml", """
            model: {kind: yolo_world, widen_factor: 0.125, deepen_factor: 0.33, last_stage_out_channels: 512, text_dim: 384}
            train: {epochs: 2, batch: 2, imgsz: 64, lr: 0.001, close_mosaic: 1, workers: 1}
            text: {synonyms: sample, shown: 3, templates: ["{tone} {name}", "{shape}"]}
            """);
        Data.Train("words.yaml", "words", "--json").Succeeds();
    }

    internal TinyData Data { get; } = new();

    internal string Best => Data.At("words", "weights", "best.safetensors");

    public void Dispose() => Data.Dispose();
}

/// <summary>The built-in text encoder through the command line: it is found without an option, and another one is refused.</summary>
[Collection("libtorch\'s one generator")]
public sealed class TextEncoderTests(EncodedRun run) : IClassFixture<EncodedRun>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Embed_NeedsNoTextModel_AndTheModelTakesItsFile()
    {
        string file = _folder.At("words.npy");
        Assert.Equal([2, 384], Embed("hole,stain", file).GetProperty("shape").EnumerateArray().Select(one => one.GetInt32()));
        string byFile = Boxes(Predict(file, "--json").Succeeds()), byWords = Boxes(Predict("hole,stain", "--json").Succeeds());
        Assert.Equal(byWords, byFile);
        Assert.NotEqual(byWords, Boxes(Predict("round spot,irregular patch", "--json").Succeeds()));
        Assert.Equal(byWords, Boxes(Predict("Hole, STAIN", "--json").Succeeds()).Replace("Hole", "hole", StringComparison.Ordinal).Replace("STAIN", "stain", StringComparison.Ordinal));
    }

    [Fact]
    public void TheWeightFile_NamesItsTextEncoder()
    {
        using WeightFile file = WeightFile.Open(run.Best);
        using JsonDocument encoder = JsonDocument.Parse(file.Metadata["graft.text_encoder"]);
        Assert.Equal(("minilm", 384), (encoder.RootElement.GetProperty("Name").GetString(), encoder.RootElement.GetProperty("Width").GetInt32()));
        Assert.Equal(64, encoder.RootElement.GetProperty("Hash").GetString()!.Length);
    }

    [Fact]
    public void EmbeddingsOfAnotherEncoder_AreRefused_EvenOfTheSameWidth()
    {
        string file = _folder.At("other.npy");
        Embed("hole,stain", file);
        string record = File.ReadAllText(file + ".json");
        File.WriteAllText(file + ".json", record.Replace("4a64cee3", "00000000", StringComparison.Ordinal));
        Assert.NotEqual(record, File.ReadAllText(file + ".json"));
        Predict(file).Fails(4, "other.npy", "another text encoder", "minilm (4a64cee3)", "Omit it");
        run.Data.Train("words.yaml", "further", "--base", run.Best, $"data.embeddings={file}").Fails(4, "another text encoder");
        run.Data.Train("words.yaml", "stand-ins", "--base", run.Best, "text.model=stand-in").Fails(4, "another text encoder");
        Predict("hole,stain", "--text-model", "nowhere").Fails(4, "'nowhere' is neither a text encoder", "minilm");
    }

    [Fact]
    public void ABase_IsTrainedFurther_OnTheSameEncoder_WithoutAnOption()
        => Assert.Contains("minilm", Metadata(run.Data.Train("words.yaml", "further-on", "--base", run.Best, "train.epochs=1").Succeeds(), "further-on"), StringComparison.Ordinal);

    [Fact]
    public void AModelOfAWidthThatNoEncoderHas_IsNotTrainedWithoutOne()
    {
        run.Data.Train("words.yaml", "wide", "model.text_dim=512").Fails(2, "minilm: 384", "model.text_dim=512", "text.model=stand-in");
        Assert.False(Directory.Exists(run.Data.At("wide")));
    }

    [Fact]
    public void AConfigurationThatNamesNoEncoder_TakesThatOfItsBase()
    {
        run.Data.Train("words.yaml", "of-its-base", "--base", run.Best, "train.epochs=1").Succeeds();
        Assert.Contains("model: minilm", File.ReadAllText(run.Data.At("of-its-base", "args.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void PromptsInAnotherScript_WorkWithANote()
        => Assert.Contains("it reads English", Predict("구멍,stain").Succeeds().Errors, StringComparison.Ordinal);

    [Fact]
    public void TemplatesForDataWithoutAttributes_AreRefused()
    {
        run.Data.Train("words.yaml", "without", "text.templates=[\"{colour} {name}\"]").Fails(3, "text.templates", "{colour} {name}");
        Assert.False(Directory.Exists(run.Data.At("without")));
    }

    [Fact]
    public void AnExportedModel_TakesPrompts_AndRefusesThemWhereItsClassesAreFixed()
    {
        string open = _folder.At("open.onnx"), closed = _folder.At("closed.onnx");
        GraftCli.Run("export", run.Best, "--text", "input", "--out", open).Succeeds();
        GraftCli.Run("export", run.Best, "--out", closed).Succeeds();
        string[] to = [Image, "--out", _folder.At("found"), "--conf", "0.001", "--json"];
        string file = _folder.At("words.npy");
        Embed("hole,stain", file);
        GraftCli.Result embedded = GraftCli.RunWithoutNative(["predict", open, .. to, "--prompts", file]).Succeeds(), words = GraftCli.RunWithoutNative(["predict", open, .. to, "--prompts", "hole,stain"]).Succeeds();
        Assert.Equal(Boxes(embedded), Boxes(words));
        Assert.NotEqual(Boxes(GraftCli.RunWithoutNative(["predict", open, .. to]).Succeeds()), Boxes(words));      // its own are means of synonyms
        Assert.Contains("puncture", Boxes(GraftCli.RunWithoutNative(["predict", open, .. to, "--prompts", "puncture,smudge"]).Succeeds()), StringComparison.Ordinal);
        GraftCli.RunWithoutNative(["predict", closed, .. to, "--prompts", "puncture"]).Fails(2, "its classes for good", "--text input");
        GraftCli.RunWithoutNative(["predict", open, .. to, "--text-model", "minilm"]).Fails(2, "--prompts");
        Assert.Equal(
            GraftCli.RunWithoutNative("val", open, "--data", run.Data.Root, "--prompts", file, "--json").Succeeds().Json.GetProperty("map").GetDouble(),
            GraftCli.RunWithoutNative("val", open, "--data", run.Data.Root, "--prompts", "hole,stain", "--json").Succeeds().Json.GetProperty("map").GetDouble());
    }

    private string Image => run.Data.Image("val", 0);

    private static JsonElement Embed(string prompts, string file) => GraftCli.Run("embed", prompts, "--out", file, "--json").Succeeds().Json;

    private static string Boxes(GraftCli.Result result) => result.Json.GetProperty("images").GetRawText();

    private GraftCli.Result Predict(string prompts, params string[] more)
        => GraftCli.Run(["predict", run.Best, Image, "--prompts", prompts, "--out", _folder.At("found"), "--conf", "0.001", .. more]);

    private string Metadata(GraftCli.Result _, string name)
    {
        using WeightFile file = WeightFile.Open(run.Data.At(name, "weights", "last.safetensors"));
        return file.Metadata["graft.text_encoder"];
    }
}
