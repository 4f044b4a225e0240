using System.Text.Json;
using Graft.Cli.CommandLine;
using Graft.Text;
using Graft.Torch;
using Graft.Torch.Images;
using Graft.VisionLanguage;

namespace Graft.Cli.Tests.Commands;

/// <summary>PanoramaVLM through the command line: on a model that is made here, and on the goldens where they exist.</summary>
[Collection("libtorch\'s one generator")]
public sealed class VlmCommandTests : IDisposable
{
    private const string Prompt = "3,4,5,29,6";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TrainedLora_ChangesTheAnswerAndAnUntrainedOneHasNoEffect()
    {
        string model = Model();
        Lessons();
        string[] plain = ["--prompt-ids", Prompt, "--crop", "e2p", "--greedy", "--max-new-tokens", "3", "--quiet", "--json"];
        JsonElement before = Json(["vlm", "describe", model, _folder.At("a.png"), _folder.At("b.png"), .. plain]);

        Assert.Equal(0, Run("train", model, _folder.At("lessons.csv"), "--out", _folder.At("trained"), "--stage", "finetune", "--steps", "80",
            "--lr", "2e-2", "--batch", "2", "--rank", "4", "--alpha", "8", "--crop", "e2p", "--quiet"));
        JsonElement after = Json(["vlm", "describe", _folder.At("trained"), _folder.At("a.png"), _folder.At("b.png"), .. plain]);
        JsonElement without = Json(["vlm", "describe", _folder.At("trained"), _folder.At("a.png"), _folder.At("b.png"), "--lora", "none", .. plain]);
        Assert.Equal([[10, 11, 12], [20, 21, 22]], Ids(after));
        Assert.NotEqual(Ids(after), Ids(before));
        Assert.NotEqual(Ids(after), Ids(without));
        Assert.Equal("folder", after.GetProperty("check").GetProperty("lora").GetProperty("used").GetString());

        Assert.Equal(0, Run("train", model, _folder.At("lessons.csv"), "--out", _folder.At("untouched"), "--stage", "finetune", "--steps", "0",
            "--rank", "2", "--alpha", "4", "--quiet"));
        GraftCli.Result report = GraftCli.Run("vlm", "check", _folder.At("untouched")).Ends(4);
        Assert.Contains("no effect", report.Output, StringComparison.Ordinal);
        Assert.Equal(Ids(before), Ids(Json(["vlm", "describe", _folder.At("untouched"), _folder.At("a.png"), _folder.At("b.png"), .. plain])));
    }

    [Fact]
    public void BaseThatDrifted_IsNotExplained()
    {
        string model = Model();
        Lessons();
        Assert.Equal(0, Run("train", model, _folder.At("lessons.csv"), "--out", _folder.At("run"), "--stage", "finetune", "--steps", "1", "--rank", "2",
            "--crop", "e2p", "--quiet"));
        Assert.Equal(0, Run("check", _folder.At("run"), "--quiet"));
        File.Copy(Path.Combine(Model(seed: 2), PanoramaFiles.Weights), _folder.At("run", PanoramaFiles.Weights), overwrite: true);
        Assert.Equal(4, Run("check", _folder.At("run"), "--quiet"));
        Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => Run(
            "describe", _folder.At("run"), _folder.At("a.png"), "--prompt-ids", Prompt, "--greedy", "--quiet")).Failure);
    }

    [Fact]
    public void SampledAnswers_DependOnTheSeed()
    {
        string model = Model();
        Lessons();
        int[][] Sample(string seed) => Ids(Json(["vlm", "describe", model, _folder.At("a.png"), "--prompt-ids", Prompt, "--temperature", "1", "--top-k", "0",
            "--top-p", "1", "--repetition-penalty", "50", "--max-new-tokens", "20", "--seed", seed, "--crop", "resize", "--json", "--quiet"]));
        Assert.Equal(Sample("5"), Sample("5"));
        Assert.NotEqual(Sample("5"), Sample("6"));
    }

    [Fact]
    public void ResamplerAndVisionStages_WriteFoldersThatOpen()
    {
        string model = Model();
        Lessons();
        foreach (string stage in (string[])["vision", "resampler"])
        {
            Assert.Equal(0, Run("train", model, _folder.At("lessons.csv"), "--out", _folder.At(stage), "--stage", stage, "--steps", "2", "--crop", "e2p", "--quiet"));
            Assert.Equal(0, Run("check", _folder.At(stage), "--quiet"));
            Assert.Equal(3, File.ReadAllLines(_folder.At(stage, "results.csv")).Length);
        }
    }

    [SharedFact]
    public void Eval_WritesPredictionsAndCountsErrorsApart()
    {
        string model = Model(vocabulary: 441);
        Lessons();
        File.WriteAllText(_folder.At("questions.csv"), "url,query,annotation\na.png,sofa,A red sofa.\nmissing.png,door,A door.\n");
        JsonElement result = Json(["vlm", "eval", model, _folder.At("questions.csv"), "--out", _folder.At("out"), "--tokenizer", Shared.PathOf("golden", "panovlm", "tokenizer"),
            "--greedy", "--max-new-tokens", "3", "--crop", "resize", "--json", "--quiet"]);
        Assert.Equal((2, 1, 1), (result.GetProperty("samples").GetInt32(), result.GetProperty("scored").GetInt32(), result.GetProperty("errors").GetArrayLength()));
        string[] table = File.ReadAllLines(_folder.At("out_predictions.csv"));
        Assert.Equal(3, table.Length);
        Assert.Contains("missing.png", table[2], StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("out_metrics.json")));
    }

    [SharedTheory, InlineData("tiny_qformer"), InlineData("tiny_mlp"), InlineData("tiny_bimamba")]
    public void Forward_AgreesWithTheGolden(string kind)
    {
        string golden = Shared.PathOf("golden", "panovlm", kind, "expected", "forward.npz");
        JsonElement result = Json(["vlm", "forward", Shared.PathOf("golden", "panovlm", kind, "checkpoint.ckpt"), "--input", $"pixel_values={golden}",
            "--input", $"input_ids={golden}", "--input", $"attention_mask={golden}", "--input", $"labels={golden}", "--out", _folder.At("out.npz"),
            "--expect", golden, "--json", "--quiet"]);
        Assert.Equal(21, result.GetProperty("compared").GetInt32());
        Assert.Equal(0, result.GetProperty("differ").GetArrayLength());
    }

    [SharedTheory]
    [InlineData("seed_1255_siglip_base_qformer6_qwen3_0.6b", 552, 944)]
    [InlineData("other_1255_siglip_so400m_bimamba2_qwen3_0.6b", 552, 944)]
    [InlineData("later_1335_siglip_so400m_bimamba4_qwen3_0.6b", 632, 1024)]
    public void FullScaleNames_AreCountedHonestlyBesideTheNaiveNumbers(string folder, int matched, int printed)
    {
        JsonElement check = Json(["vlm", "check", Shared.PathOf("golden", "panovlm", "full_scale", folder, "checkpoint_keys.json"), "--json", "--quiet"]);
        Assert.Equal((matched, 311, 392, 0), (check.GetProperty("matched").GetInt32(), check.GetProperty("remapped").GetInt32(),
            check.GetProperty("lora_tensors").GetInt32(), check.GetProperty("missing").GetArrayLength()));
        JsonElement naive = check.GetProperty("naive");
        Assert.Equal((printed, 311, 703), (naive.GetProperty("printed_loaded").GetInt32(), naive.GetProperty("missing").GetInt32(), naive.GetProperty("unexpected").GetInt32()));
    }

    [SharedFact]
    public void AliasConflicts_AreRefusedUnlessTheUserChooses()
    {
        string golden = Shared.PathOf("golden", "panovlm", "tiny_mlp", "alias_conflict.ckpt"), inputs = Shared.PathOf("golden", "panovlm", "tiny_mlp", "expected", "forward.npz");
        GraftCli.Result refused = GraftCli.Run("vlm", "check", golden, "--json", "--quiet");
        Assert.Equal(4, refused.ExitCode);
        Assert.Equal([1, 1, 1], refused.Json.GetProperty("alias_conflicts").EnumerateArray().Select(one => Math.Round(one.GetProperty("max_abs").GetDouble(), 5)));
        foreach ((string choice, int exitCode) in new[] { ("first", 0), ("last", 1) })
        {
            Assert.Equal(0, Run("check", golden, "--aliases", choice, "--quiet"));
            Assert.Equal(exitCode, Run("forward", golden, "--aliases", choice, "--input", $"pixel_values={inputs}", "--input", $"input_ids={inputs}",
                "--input", $"attention_mask={inputs}", "--input", $"labels={inputs}", "--out", _folder.At("out.npz"), "--expect", inputs, "--quiet"));
        }
    }

    [SharedFact]
    public void SourcesThatDisagree_NeedAChoice()
    {
        string golden = Shared.PathOf("golden", "panovlm", "tiny_qformer"), copy = _folder.At("copy");
        Directory.CreateDirectory(Path.Combine(copy, "lora_weights"));
        foreach (string name in (string[])["checkpoint.ckpt", "model_config.json"])
        {
            File.Copy(Path.Combine(golden, name), Path.Combine(copy, name));
        }

        foreach (string file in Directory.EnumerateFiles(Path.Combine(golden, "adapters", "later_epoch")))
        {
            File.Copy(file, Path.Combine(copy, "lora_weights", Path.GetFileName(file)));
        }

        Assert.Equal(4, Run("check", copy, "--quiet"));
        Assert.Equal(0, Run("check", copy, "--lora", "checkpoint", "--quiet"));
        Assert.Equal(0, Run("check", copy, "--lora", "folder", "--quiet"));
        Assert.Equal(0, Run("check", copy, "--lora", "none", "--quiet"));
    }

    [SharedFact]
    public void TokensAndViews_AreThoseOfTheLibrary()
    {
        Lessons();
        JsonElement tokens = Json(["vlm", "tokens", Shared.PathOf("golden", "panovlm", "tokenizer"), "A red sofa.", "--json", "--quiet"]);
        Assert.Equal("A red sofa.", tokens.GetProperty("texts")[0].GetProperty("decoded").GetString());
        Assert.Equal(Text.QwenTokenizer.Load(Shared.PathOf("golden", "panovlm", "tokenizer")).Encode("A red sofa."),
            tokens.GetProperty("texts")[0].GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal(0, Run("views", _folder.At("a.png"), "--out", _folder.At("views.npz"), "--side", "32", "--quiet"));
        using Files.WeightFile views = Files.WeightFile.Open(_folder.At("views.npz"));
        Assert.Equal([9, 3, 32, 32], views.Single.Shape);
    }

    [SharedTheory, InlineData("same", 0), InlineData("drifted", 4)]
    public void LanguageModelFromElsewhere_IsComparedByValue(string name, int exitCode)
        => Assert.Equal(exitCode, Run("check", Shared.PathOf("golden", "panovlm", "tiny_qformer", "checkpoint.ckpt"), "--language-model",
            Shared.PathOf("golden", "panovlm", "tiny_qformer", "pretrained_lm", name), "--quiet"));

    private static int Run(params string[] words) => CommandTree.Execute("vlm", words);

    private static JsonElement Json(string[] words)
    {
        GraftCli.Result result = GraftCli.Run(words);
        Assert.True(result.ExitCode == 0, result.Errors);
        return result.Json;
    }

    private static int[][] Ids(JsonElement described)
        => [.. described.GetProperty("answers").EnumerateArray().Select(answer => answer.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray())];

    private string Model(int vocabulary = 30, int seed = 1)
    {
        TorchRuntime.Seed((ulong)seed);
        using PanoramaVlm model = new(new PanoramaVlmOptions
        {
            Vision = new SiglipOptions { Width = 16, MlpWidth = 24, Layers = 1, Heads = 2, Patch = 8, Image = 32 },
            Resampler = new QFormerOptions { Queries = 4, Layers = 1, VocabularySize = 8, Positions = 8 },
            Language = new QwenOptions { VocabularySize = vocabulary, Width = 16, MlpWidth = 24, Layers = 2, Heads = 2, KeyHeads = 1, HeadWidth = 8 },
            LatentWidth = 16,
            VicRegWidth = 12,
            VisionTokenId = vocabulary - 1,
        });
        string folder = _folder.At($"model{seed}");
        PanoramaFiles.Write(folder, model, "random");
        return folder;
    }

    private void Lessons()
    {
        foreach ((string name, Colour colour) in new[] { ("a.png", Colour.Rgb(200, 30, 90)), ("b.png", Colour.Rgb(20, 180, 40)) })
        {
            using Image image = new(64, 32, colour);
            File.WriteAllBytes(_folder.At(name), image.Encode(".png"));
        }

        File.WriteAllText(_folder.At("lessons.csv"), "url,prompt_ids,answer_ids\na.png,3 4 5 29 6,10 11 12 1\nb.png,3 4 5 29 6,20 21 22 1\n");
    }
}
