using System.Text.Json;
using System.Text.Json.Nodes;

namespace Graft.Cli.Tests.BadInput;

/// <summary>Unusable images, weight files, result files and options: one clear message, the documented exit code, nothing
/// half-written.</summary>
public sealed class BadFileTests(TinyRun run) : IClassFixture<TinyRun>
{
    private TinyData Data => run.Data;

    [Fact]
    public void MissingOrUnreadableImage_IsAnErrorInPrediction()
    {
        string broken = Data.Write("broken.jpg", "no image"), found = Data.At("found-broken");
        GraftCli.Run("predict", run.Folder, Data.At("absent.jpg"), "--out", found).Fails(3, "absent.jpg");
        GraftCli.Run("predict", run.Folder, broken, "--out", found).Fails(3, "broken.jpg");
        GraftCli.Run("predict", run.Folder, Data.Write("broken.mp4", "no video"), "--out", found).Fails(3, "broken.mp4");
        Assert.False(Directory.Exists(found) && Directory.EnumerateFiles(found).Any(), "files were left behind");
    }

    [Fact]
    public void ErrorInJsonMode_IsOneObjectToo()
    {
        GraftCli.Result result = GraftCli.Run("predict", run.Folder, Data.At("absent.jpg"), "--out", Data.At("found-json"), "--json").Fails(3, "absent.jpg");
        Assert.Equal("data", result.Json.GetProperty("kind").GetString());
        Assert.Contains("absent.jpg", result.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.001)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void TruncatedWeights_EndWithFour_WhereverTheyAreRead(double share)
    {
        byte[] whole = File.ReadAllBytes(run.Best);
        string cut = Data.At($"cut-{share}.safetensors"), target = Data.At($"cut-{share}-out");
        File.WriteAllBytes(cut, whole[..(int)(whole.Length * share)]);
        GraftCli.Run("inspect", cut).Fails(4, cut);
        GraftCli.Run("predict", cut, Data.Image("val", 0), "--out", target).Fails(4, cut);
        GraftCli.Run("merge", cut, "--out", target + ".safetensors").Fails(4, cut);
        Data.Train("tiny.yaml", $"cut-{share}-run", "--base", cut).Fails(4, cut);
        Assert.False(Directory.Exists(target) && Directory.EnumerateFiles(target).Any());
        Assert.False(File.Exists(target + ".safetensors"));
        Assert.False(Directory.Exists(Data.At($"cut-{share}-run")));
    }

    [GoldenFact("yoloworld/a_v2_model")]
    public void TruncatedCheckpointOfPyTorch_EndsWithFour()
    {
        byte[] whole = File.ReadAllBytes(GoldenData.PathOf("yoloworld", "a_v2_model", "checkpoint.pth"));
        string cut = Data.At("cut.pth");
        foreach (int length in new[] { 0, 100, whole.Length / 2, whole.Length - 10 })
        {
            File.WriteAllBytes(cut, whole[..length]);
            GraftCli.Run("inspect", cut).Fails(4, cut);
        }
    }

    [Fact]
    public void TruncatedResumeFile_EndsWithFour_AndStaysAsItIs()
    {
        Data.Train("tiny.yaml", "cut-resume", "train.epochs=1").Succeeds();
        string resume = Data.At("cut-resume", "weights", "resume.safetensors");
        byte[] half = File.ReadAllBytes(resume)[..50_000];
        File.WriteAllBytes(resume, half);
        GraftCli.Run("train", "--resume", Data.At("cut-resume"), "train.epochs=2").Fails(4, resume);
        Assert.Equal(half, File.ReadAllBytes(resume));
        Assert.Contains("epochs: 1", File.ReadAllText(Data.At("cut-resume", "args.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void NotAWeightFile_EndsWithFour()
    {
        GraftCli.Run("inspect", Data.Write("text.safetensors", "not a weight file")).Fails(4, "text.safetensors");
        GraftCli.Run("predict", Data.At("absent.safetensors"), Data.Image("val", 0), "--out", Data.At("x")).Fails(4, "absent.safetensors");
        GraftCli.Run("val", Data.At("absent.pth"), "--data", Data.Root).Fails(4, "absent.pth");
        GraftCli.Run("train", Data.At("tiny.yaml"), "--data", Data.Root, "--base", Data.At("absent.pth"), "--work-dir", Data.At("x")).Fails(4, "absent.pth");
        Assert.False(Directory.Exists(Data.At("x")));
    }

    [Fact]
    public void WeightsOfAnotherSize_AreRefusedWhereverTheyAreRead()
    {
        const string Wider = "model.widen_factor=0.25";
        GraftCli.Run("predict", run.Folder, Data.Image("val", 0), Wider, "--out", Data.At("x")).Fails(4, "widen 0.125", "widen 0.25", "backbone.image_model.stage1");
        GraftCli.Run("val", run.Folder, Wider).Fails(4, "widen 0.125", "widen 0.25", "backbone.image_model.stage1");
        Data.Train("adapt.yaml", "wide-adapted", "--base", run.Folder, Wider).Fails(4, "widen 0.125", "widen 0.25", "backbone.image_model.stage1");
        Assert.False(Directory.Exists(Data.At("wide-adapted")));
        Assert.False(Directory.Exists(Data.At("x")));
    }

    [Fact]
    public void WarningsOfNativeDecoders_DoNotReachTheTerminal()
    {
        using Graft.Torch.Images.Image image = new(128, 128, Graft.Torch.Images.Colour.Grey(128));
        byte[] bitmap = image.Encode(".bmp"), jpeg2000 = image.Encode(".jp2");
        bitmap[30] = 99;    // a compression that does not exist
        string folder = Directory.CreateDirectory(Data.At("warnings")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "a.bmp"), bitmap);
        File.WriteAllBytes(Path.Combine(folder, "b.jp2"), jpeg2000[..(jpeg2000.Length * 3 / 4)]);
        GraftCli.Result result = GraftCli.Run("predict", run.Folder, folder, "--out", Data.At("warned")).Ends(3);
        string[] lines = result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.True(line.StartsWith("skipped: ", StringComparison.Ordinal) || line.StartsWith("graft: ", StringComparison.Ordinal)
            || line.StartsWith("  hint: ", StringComparison.Ordinal), line));
        Assert.Contains(lines, line => line.Contains("a.bmp", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cuda:0")]
    [InlineData("tpu")]
    [InlineData("cuda:x")]
    public void UnknownDevice_EndsWithTwo(string device)
    {
        GraftCli.Run("predict", run.Folder, Data.Image("val", 0), "--device", device, "--out", Data.At("device")).Fails(2, device);
        Data.Train("tiny.yaml", "device-run", "--device", device).Fails(2, device);
        Assert.False(Directory.Exists(Data.At("device-run")));
    }

    [Fact]
    public void ConfigurationTypos_GetASuggestion()
    {
        Data.Train("tiny.yaml", "typo", "train.epocs=2").Fails(2, "train.epocs", "train.epochs");
        Data.Train("tiny.yaml", "typo", "--epocs", "2").Fails(2, "--epocs", "--epochs");
        Data.Train("tiny.yaml", "typo", "train.epochs=two").Fails(2, "train.epochs", "two");
        Data.Train("tiny.yaml", "typo", "train.batch=0").Fails(2, "train.batch", "0");
        string file = Data.Write("typo.yaml", "_base_: tiny.yaml\ntrain:\n  bach: 4\n");
        Data.Train("typo.yaml", "typo").Fails(2, Path.GetFileName(file), "bach", "batch");
        Data.Write("kind.yaml", "_base_: tiny.yaml\ntuning:\n  adapters:\n    - {kind: rep_moan, at: \"neck.**\"}\n");
        Data.Train("kind.yaml", "typo").Fails(2, "rep_moan", "rep_mona");
        Data.Write("place.yaml", "_base_: tiny.yaml\ntuning:\n  adapters:\n    - {kind: lora, at: \"nekc.**\"}\n");
        Data.Train("place.yaml", "typo", "--base", run.Folder).Fails(2, "nekc.**", "neck");
        Assert.False(Directory.Exists(Data.At("typo")));
    }

    [Fact]
    public void WrongResultFiles_EndWithThree()
    {
        string truth = Data.Json("val"), results = Data.At("results.json");
        GraftCli.Run("val", run.Folder, "--save-json", results).Succeeds();
        GraftCli.Run("val", "--detections", results, "--annotations", truth).Succeeds();
        GraftCli.Run("val", "--detections", results).Fails(2, "--annotations");
        GraftCli.Run("val", "--detections", Data.At("absent.json"), "--annotations", truth).Fails(3, "absent.json");
        GraftCli.Run("val", "--detections", Data.Write("cut.json", File.ReadAllText(results)[..60]), "--annotations", truth).Fails(3, "cut.json", "JSON");
        GraftCli.Run("val", "--detections", truth, "--annotations", truth).Fails(3, "val.json", "list");
        string other = Data.Write("other.json", """[{"image_id": 77, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]""");
        GraftCli.Run("val", "--detections", other, "--annotations", truth).Fails(3, "other.json", "77");
        string unscored = Data.Write("unscored.json", """[{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}]""");
        GraftCli.Run("val", "--detections", unscored, "--annotations", truth).Fails(3, "unscored.json", "score");
    }

    [Fact]
    public void WrongPrompts_EndWithThree()
    {
        string image = Data.Image("val", 0), found = Data.At("found-prompts");
        GraftCli.Run("predict", run.Folder, image, "--prompts", Data.At("absent.json"), "--out", found).Fails(3, "absent.json");
        GraftCli.Run("predict", run.Folder, image, "--prompts", Data.Write("object.json", "{}"), "--out", found).Fails(3, "object.json", "list of classes");
        GraftCli.Run("predict", run.Folder, image, "--prompts", "hole,stain", "--embeddings", Numbers.Npy(Data.At("narrow.npy"), 2, 300), "--out", found)
            .Fails(3, "narrow.npy", "2×300", "2×512");
        GraftCli.Run("predict", run.Folder, image, "--prompts", Numbers.Npy(Data.At("wide.npy"), 2, 768), "--out", found).Fails(3, "wide.npy", "768", "512");
        Assert.False(Directory.Exists(found));
    }

    [Fact]
    public void SavedJson_IsWhole()
    {
        string results = Data.At("whole.json");
        GraftCli.Run("val", run.Folder, "--save-json", results).Succeeds();
        Assert.Equal(JsonValueKind.Array, JsonNode.Parse(File.ReadAllText(results))!.GetValueKind());
    }
}
