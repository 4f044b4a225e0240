using System.Text.Json;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft forward against the recorded numbers of the original, through files alone.</summary>
[Trait("Kind", "Parity")]
public sealed class ForwardCommandTests : IDisposable
{
    private static readonly string[] Keys =
    [
        "widen_factor", "deepen_factor", "last_stage_out_channels", "neck_embed_channels", "neck_num_heads", "num_classes", "text_dim", "reg_max",
    ];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Modules
    {
        get
        {
            string[] kinds = ["BottleneckAdapter", "HierarchicalAdapter", "LoRAAdapter", "RepMoNAAdapter", "RepMoNAAdapterBN", "TrueMoNAAdapter", "TrueMoNAAdapterV2"];
            IEnumerable<string> all = [.. kinds.Select(kind => $"{kind}_C64"), "LoRAAdapter_C96", "RepMoNAAdapter_C96", "LoRAAdapter_rank8_alpha16_C64"];
            return [.. all.Where(name => GoldenData.Find("yoloworld", "d_adapters", name + ".npz") is not null)];
        }
    }

    public void Dispose() => _folder.Dispose();

    [GoldenFact("yoloworld/a_v2_model")]
    public void Version2_MatchesTheOriginal() => Network("a_v2_model", "configs/yolo_world/v2_n.yaml");

    [GoldenFact("yoloworld/b_v1_model")]
    public void Version1_MatchesTheOriginal() => Network("b_v1_model", "configs/yolo_world/v1_s.yaml", "model.enhancer_channels=64", "model.enhancer_heads=4");

    [GoldenTheory("yoloworld/d_adapters")]
    [MemberData(nameof(Modules))]
    public void ModulesAndTheirGradients_MatchTheOriginal(string module)
    {
        string golden = Golden("d_adapters", module + ".npz"), target = _folder.At("module.npz"), trained = _folder.At("trained.npz");
        JsonElement given = JsonDocument.Parse(File.ReadAllText(Golden("d_adapters", "manifest.json"))).RootElement.GetProperty("cases").GetProperty(module);
        Tolerances allowed = Tolerances.OfAdapter(given);
        int channels = given.GetProperty("in_channels").GetInt32();
        string[] command =
        [
            "forward", "--module", given.GetProperty("cls").GetString()!, $"in_channels={channels}",
            .. given.GetProperty("kwargs").EnumerateObject().Select(option => $"{option.Name}={option.Value.GetRawText()}"),
            "--weights", golden, "--input", "x=" + Golden("d_adapters", $"input_C{channels}.npy"),
        ];
        GraftCli.Run([.. command, "--out", target]).Succeeds();
        Compare.Close(golden, "eval_output", target, "y", allowed.Of("eval_output"));

        GraftCli.Run([.. command, "--grad", Golden("d_adapters", $"grad_output_C{channels}.npy"), "--train", "--out", trained]).Succeeds();
        bool hasBatchNorm = given.GetProperty("has_batchnorm").GetBoolean();
        string output = hasBatchNorm ? "train_output" : "eval_output";
        Compare.Close(golden, output, trained, "y", allowed.Of(output));
        Compare.Close(golden, "grad_input", trained, "grad_input", allowed.Of("grad_input"));
        foreach (JsonProperty parameter in given.GetProperty("params").EnumerateObject())
        {
            Compare.Close(golden, $"grad:{parameter.Name}", trained, $"grad:{parameter.Name}", allowed.Of($"grad:{parameter.Name}"));
        }

        foreach (string name in Compare.Names(golden).Where(key => key.StartsWith("buffer_after:", StringComparison.Ordinal)))
        {
            Compare.Close(golden, name, trained, name.Replace("buffer_after:", "buffer:", StringComparison.Ordinal), allowed.Of(name));
        }
    }

    [GoldenFact("yoloworld/a_v2_model")]
    public void MissingInput_IsNamed()
        => GraftCli.Run(["forward", .. Config("a_v2_model", "configs/yolo_world/v2_n.yaml"), "--weights", Golden("a_v2_model", "checkpoint.pth"),
            "--input", "image=" + Golden("a_v2_model", "image.npy"), "--out", _folder.At("out.npz")]).Fails(2, "'text' is missing", "--input text=");

    [GoldenFact("yoloworld/a_v2_model")]
    public void TextOfAnotherWidth_IsRefused()
    {
        GraftCli.Result result = GraftCli.Run(["forward", .. Config("a_v2_model", "configs/yolo_world/v2_n.yaml"), "--weights", Golden("a_v2_model", "checkpoint.pth"),
            "--input", "image=" + Golden("a_v2_model", "image.npy"), "--input", "text=" + Numbers.Npy(_folder.At("narrow.npy"), 1, 7, 300),
            "--out", _folder.At("out.npz")]);
        result.Fails(3, "width 300", "512");
        Assert.False(File.Exists(_folder.At("out.npz")));
    }

    [GoldenFact("yoloworld/a_v2_model")]
    public void CheckpointOfAnotherSize_IsRefusedInFewLines_WithTheWholeListWhenAsked()
    {
        string[] words =
        [
            "forward", "configs/yolo_world/v2_s.yaml", "--weights", Golden("a_v2_model", "checkpoint.pth"),
            "--input", "image=" + Golden("a_v2_model", "image.npy"), "--input", "text=" + Golden("a_v2_model", "text_embeddings.npy"),
            "--out", _folder.At("out.npz"),
        ];
        Assert.InRange(GraftCli.Run(words).Fails(4, "YOLO-World v2", "size S", "widen 0.125").Errors.Split('\n').Length, 3, 12);
        GraftCli.Run([.. words, "--verbose"]).Fails(4, "backbone.image_model.stem.conv.weight", "neck.top_down_layers.0", "bbox_head.head_module.reg_preds.2.0.conv.weight");
        Assert.False(File.Exists(_folder.At("out.npz")));
    }

    [Fact]
    public void ModuleOptionWithATypo_GetsASuggestion()
    {
        string x = Numbers.Npy(_folder.At("x.npy"), 1, 8, 4, 4);
        GraftCli.Run("forward", "--module", "lora", "rnak=4", "--weights", x, "--input", "x=" + x, "--out", _folder.At("out.npz")).Fails(2, "rnak", "rank");
        GraftCli.Run("forward", "--module", "lorra", "--weights", x, "--input", "x=" + x, "--out", _folder.At("out.npz")).Fails(2, "lorra", "lora");
        GraftCli.Run("forward", "--module", "lora", "in_channels=16", "--weights", x, "--input", "x=" + x, "--out", _folder.At("out.npz")).Fails(2, "in_channels", "8");
        GraftCli.Run("forward", "--module", "lora", "--weights", x, "--input", "x=" + _folder.At("absent.npy"), "--out", _folder.At("out.npz")).Fails(3, "absent.npy");
    }

    private void Network(string folder, string config, params string[] more)
    {
        string golden = Golden(folder, "outputs.npz"), target = _folder.At("maps.npz");
        JsonElement manifest = Manifest(folder);
        GraftCli.Result result = GraftCli.Run(["forward", .. Config(folder, config), .. more, "--weights", Golden(folder, "checkpoint.pth"),
            "--input", "image=" + Golden(folder, "image.npy"), "--input", "text=" + Golden(folder, "text_embeddings.npy"), "--out", target, "--json"]);
        string[] names = [.. result.Json.GetProperty("outputs").EnumerateArray().Select(output => output.GetProperty("name").GetString()!)];
        Tolerances allowed = Tolerances.OfMaps(manifest);
        JsonProperty[] tolerances = [.. manifest.GetProperty("suggested_abs_tolerance").EnumerateObject()];
        Assert.Equal(12, tolerances.Length);
        foreach (JsonProperty tolerance in tolerances)
        {
            Assert.Contains(tolerance.Name, names);
            Compare.Close(golden, tolerance.Name, target, tolerance.Name, allowed.Of(tolerance.Name));
        }

        Compare.Close(golden, "scores_sigmoid", target, "scores_sigmoid", allowed.Of("scores_sigmoid"));
        Compare.Close(golden, "decoded_boxes_xyxy", target, "decoded_boxes_xyxy", allowed.Of("decoded_boxes_xyxy"));
        Compare.Close(golden, "priors_xy", target, "priors_xy", 0);
    }

    private static string[] Config(string folder, string config)
    {
        JsonElement sizes = Manifest(folder).GetProperty("config");
        return [config, .. Keys.Select(key => $"model.{key}={sizes.GetProperty(key).GetRawText().Replace("\n", "", StringComparison.Ordinal)}")];
    }

    private static JsonElement Manifest(string folder) => JsonDocument.Parse(File.ReadAllText(Golden(folder, "manifest.json"))).RootElement;

    private static string Golden(params string[] parts) => GoldenData.PathOf(["yoloworld", .. parts]);
}
