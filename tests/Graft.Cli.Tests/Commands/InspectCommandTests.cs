using System.Text.Json;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft inspect and graft config: what files hold, what configurations build.</summary>
public sealed class InspectCommandTests : IDisposable
{
    private const long TextTower = 63_428_096;

    private readonly TemporaryFolder _folder = new();

    /// <summary>Strategies of the adapter fork as its program ran them: parameters of the detector, of the adapters, and those that train.</summary>
    public static TheoryData<string, long, long, long> Strategies => new()
    {
        { "phase1_option1_strategy_a", 47_262_502, 430_468, 430_468 },
        { "phase1_option1_strategy_b", 47_666_188, 834_154, 834_154 },
        { "phase1_option2_strategy_a", 69_651_986, 22_819_952, 22_819_952 },
        { "phase1_option2_strategy_b", 91_046_498, 44_214_464, 44_214_464 },
        { "phase2_dense_lora_v1", 47_081_890, 249_856, 249_856 },
        { "phase2_hybrid_aggressive_v1", 47_081_890, 249_856, 20_776_524 },
        { "phase2_hybrid_v1", 47_081_890, 249_856, 2_488_128 },
        { "phase2_improved_v1", 70_078_866, 23_246_832, 30_317_180 },
        { "phase2_lora_v1", 46_946_722, 114_688, 7_185_036 },
        { "phase2_option1_strategy_a", 47_262_502, 430_468, 430_468 },
        { "phase2_option1_strategy_b", 47_666_188, 834_154, 10_551_210 },
        { "phase2_option2_strategy_a", 69_651_986, 22_819_952, 22_819_952 },
        { "phase2_option2_strategy_b", 91_046_498, 44_214_464, 53_931_520 },
        { "phase2_step4_1_rep_mona", 47_110_946, 278_912, 2_517_184 },
        { "phase2_step4_2_rep_mona", 47_000_354, 168_320, 6_148_934 },
        { "phase2_step5_1_true_mona", 47_796_322, 964_288, 3_202_560 },
        { "phase2_step5_2_true_mona", 47_796_322, 964_288, 10_681_344 },
        { "phase2_step5_3_true_mona", 47_796_322, 964_288, 17_751_692 },
        { "phase2_step5_4_true_mona", 47_796_322, 964_288, 21_490_956 },
        { "selective_finetuning_v1", 46_832_034, 0, 27_023_458 },
        { "vfm_v1_l_mvtec", 46_832_034, 0, 46_832_034 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("v2_n", 3_695_167)]
    [InlineData("v2_s", 12_759_864)]
    [InlineData("v2_m", 28_376_142)]
    [InlineData("v2_l", 46_832_034)]
    [InlineData("v2_x", 72_886_361)]
    [InlineData("v2_xl", 104_679_696)]
    [InlineData("v1_n", 4_204_095)]
    [InlineData("v1_s", 13_383_480)]
    [InlineData("v1_m", 29_065_294)]
    [InlineData("v1_l", 47_553_954)]
    [InlineData("v1_x", 73_690_201)]
    public void Counts_MatchThePublishedModels(string name, long expected)
    {
        JsonElement found = GraftCli.Run("inspect", $"configs/yolo_world/{name}.yaml", "--json").Json;
        Assert.Equal(expected, found.GetProperty("total").GetInt64());
        Assert.Equal(expected + TextTower, found.GetProperty("total_with_text").GetInt64());
        Assert.Equal(expected, found.GetProperty("trainable").GetInt64());
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Strategies_CountAsTheOriginalProgramRanThem(string name, long total, long adapters, long trainable)
    {
        JsonElement found = GraftCli.Run(["inspect", $"configs/adapter/{name}.yaml", "--json", .. AsRun(name)]).Json;
        Assert.Equal(total, found.GetProperty("total").GetInt64());
        Assert.Equal(adapters, found.GetProperty("adapters").GetInt64());
        Assert.Equal(trainable, found.GetProperty("trainable").GetInt64());
        Assert.NotEmpty(found.GetProperty("trainable_names").EnumerateArray());
        Assert.Equal(trainable < total, found.TryGetProperty("work", out JsonElement work));
        Assert.True(trainable == total || work.GetProperty("share").GetDouble() is > 0.2 and < 1.2, $"{work}");
    }

    [Fact]
    public void TheFrozenPart_AndWhereTheGraphBegins_AreShown()
    {
        string shown = GraftCli.Run("inspect", "configs/adapt/head.yaml").Succeeds().Output;
        Assert.Contains("the graph begins at bbox_head.head_module.cls_preds.0.0.conv: ", shown, StringComparison.Ordinal);
        Assert.Contains("of the forward pass runs as deployed; a step needs ", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("the graph begins", GraftCli.Run("inspect", "yolo_world/v2_n").Succeeds().Output, StringComparison.Ordinal);
    }

    [GoldenFact("yoloworld/a_v2_model")]
    public void WeightFile_ListsItsTensors()
    {
        JsonElement found = GraftCli.Run("inspect", GoldenData.PathOf("yoloworld", "a_v2_model", "checkpoint.pth"), "--json").Json;
        JsonElement stem = found.GetProperty("tensors").EnumerateArray().Single(tensor => tensor.GetProperty("name").GetString() == "backbone.image_model.stem.conv.weight");
        Assert.Equal([8, 3, 3, 3], stem.GetProperty("shape").EnumerateArray().Select(length => length.GetInt32()));
        Assert.Contains("float32", stem.GetProperty("dtype").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.True(found.TryGetProperty("format", out _));
    }

    [GoldenFact("yoloworld/a_v2_model")]
    public void Against_ReportsWhatFits()
    {
        string file = GoldenData.PathOf("yoloworld", "a_v2_model", "checkpoint.pth");
        JsonElement fits = GraftCli.Run("inspect", file, "--against", "configs/yolo_world/v2_n.yaml",
            "model.widen_factor=0.125", "model.last_stage_out_channels=512", "model.neck_num_heads=[2,4,4]", "model.num_classes=7", "--json").Succeeds().Json;
        Assert.Equal(1.0, fits.GetProperty("coverage").GetDouble());
        Assert.Empty(fits.GetProperty("missing").EnumerateArray());
        Assert.Empty(fits.GetProperty("mismatched").EnumerateArray());

        GraftCli.Result other = GraftCli.Run("inspect", file, "--against", "configs/yolo_world/v2_s.yaml", "--json").Ends(4);
        Assert.NotEmpty(JsonDocument.Parse(other.Output).RootElement.GetProperty("mismatched").EnumerateArray());
    }

    [Fact]
    public void EveryConfiguration_Resolves()
    {
        string[] configs = [.. GraftCli.Run("config", "list", "--json").Json.GetProperty("configs").EnumerateArray().Select(path => path.GetString()!)];
        foreach (string expected in new[] { "configs/yolo_world/v2_l.yaml", "configs/yolov10/n.yaml", "configs/adapter/phase2_step4_1_rep_mona.yaml" })
        {
            Assert.Contains(expected, configs);
        }

        Assert.All(configs, path => Graft.Runs.ConfigFinder.Load(path, []));
    }

    [Fact]
    public void ShownValues_NameTheirOrigin()
    {
        GraftCli.Result shown = GraftCli.Run("config", "show", "yolo_world/v2_n", "train.epochs=7");
        shown.Succeeds();
        string epochs = shown.Output.Split('\n').Single(line => line.Contains("train.epochs", StringComparison.Ordinal));
        Assert.Contains("7", epochs, StringComparison.Ordinal);
        Assert.Contains("command line", epochs, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("v2_n.yaml", shown.Output.Split('\n').Single(line => line.Contains("model.widen_factor", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(7, GraftCli.Run("config", "show", "yolo_world/v2_n", "epochs=7", "--json").Json.GetProperty("train").GetProperty("epochs").GetInt32());
    }

    [Fact]
    public void Typos_GetASuggestion()
    {
        GraftCli.Run("inspect", "configs/yolo_world/v2_n.yaml", "model.widen_facter=0.5").Fails(2, "widen_facter", "widen_factor");
        GraftCli.Run("inspect", "configs/yolo_world/v2_q.yaml").Fails(2, "v2_q", "Did you mean");
        string typo = _folder.Write("typo.yaml", "train:\n  epoch: 5\n");
        GraftCli.Run("config", "show", typo).Fails(2, "typo.yaml", "epoch", "epochs");
    }

    private static string[] AsRun(string name) => name is "vfm_v1_l_mvtec" ? [] : ["tuning.as_run=true"];
}
