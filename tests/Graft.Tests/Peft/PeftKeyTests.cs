using System.Text.Json;
using Graft.Files;

namespace Graft.Peft.Tests;

[SideBySide]
public class PeftKeyTests
{
    private const string Wrapped = "*" + PeftKey.Prefix + "*";

    /// <summary>How names in a checkpoint of an adapted model become those of the plain model.</summary>
    private static readonly NameMap PlainNames = new()
    {
        [Wrapped + ".lora_A.*"] = NameMap.Merged,
        [Wrapped + ".lora_B.*"] = NameMap.Merged,
        [Wrapped + ".lora_embedding_A*"] = NameMap.Merged,
        [Wrapped + ".lora_embedding_B*"] = NameMap.Merged,
        [Wrapped + ".lora_magnitude_vector*"] = NameMap.Merged,
        [Wrapped + ".modules_to_save.*.*"] = "$1$2.$4",
        [Wrapped + ".original_module.*"] = NameMap.Drop("replaced by modules_to_save"),
        [Wrapped + ".base_layer.*"] = "**.*",
        [Wrapped] = "**",
    };

    [Theory]
    [InlineData("base_model.model.fc.lora_A.weight", PeftKeyKind.A, "fc.weight", null)]
    [InlineData("base_model.model.fc.lora_B.default.weight", PeftKeyKind.B, "fc.weight", "default")]
    [InlineData("fc.lora_B.bias", PeftKeyKind.BBias, "fc.bias", null)]
    [InlineData("base_model.model.emb.lora_embedding_A", PeftKeyKind.A, "emb.weight", null)]
    [InlineData("base_model.model.emb.lora_embedding_B.mine", PeftKeyKind.B, "emb.weight", "mine")]
    [InlineData("base_model.model.fc.lora_magnitude_vector", PeftKeyKind.Magnitude, "fc.weight", null)]
    [InlineData("base_model.model.fc.lora_magnitude_vector.default.weight", PeftKeyKind.Magnitude, "fc.weight", "default")]
    [InlineData("base_model.model.head.modules_to_save.default.0.weight", PeftKeyKind.Replacement, "head.0.weight", "default")]
    [InlineData("base_model.model.head.original_module.weight", PeftKeyKind.Original, "head.weight", null)]
    [InlineData("lm.base_model.model.a.q.base_layer.weight", PeftKeyKind.BaseLayer, "lm.a.q.weight", null)]
    [InlineData("lm.base_model.model.a.norm.weight", PeftKeyKind.Plain, "lm.a.norm.weight", null)]
    [InlineData("backbone.conv.weight", PeftKeyKind.Plain, "backbone.conv.weight", null)]
    [InlineData("weight", PeftKeyKind.Plain, "weight", null)]
    [InlineData("x.lora_A", PeftKeyKind.Plain, "x.lora_A", null)]
    public void Key_IsTakenApart(string key, PeftKeyKind kind, string plain, string? adapter)
    {
        PeftKey parsed = PeftKey.Parse(key);
        Assert.Equal((kind, plain, adapter), (parsed.Kind, parsed.PlainName, parsed.Adapter));
    }

    [SharedTheory]
    [InlineData("tiny_qformer")]
    [InlineData("tiny_mlp")]
    [InlineData("tiny_bimamba")]
    public void EveryCheckpointKey_IsMappedAsInTheGolden(string model)
    {
        string folder = Shared.PathOf("golden", "panovlm", model);
        using JsonDocument actions = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected", "key_actions.json")));
        using WeightFile file = WeightFile.Open(Path.Combine(folder, "checkpoint.ckpt"));
        foreach (WeightEntry entry in file.Entries)
        {
            JsonElement expected = actions.RootElement.GetProperty(entry.Name);
            PeftKey key = PeftKey.Parse(entry.Name["model.".Length..]);
            string action = key.Kind switch
            {
                PeftKeyKind.A or PeftKeyKind.B => "lora",
                PeftKeyKind.BaseLayer => "remapped_base_layer",
                _ => key.HasPrefix ? "remapped_prefix" : "matched",
            };
            Assert.Equal(expected[0].GetString(), action);
            if (action != "lora")
            {
                Assert.Equal(expected[1].GetString(), key.PlainName);
            }
        }
    }

    [SharedTheory]
    [InlineData("seed_1255_siglip_base_qformer6_qwen3_0.6b")]
    [InlineData("other_1255_siglip_so400m_bimamba2_qwen3_0.6b")]
    [InlineData("later_1335_siglip_so400m_bimamba4_qwen3_0.6b")]
    public void FullScaleCheckpoint_IsReportedHonestly(string model)
    {
        string golden = Shared.PathOf("golden", "panovlm", "full_scale", model);
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(golden, "summary.json")));
        using TemporaryFolder folder = new();
        using WeightFile file = SparseFile.Of(folder, Keys(golden, "checkpoint_keys.json", "checkpoint_state_dict_keys"));
        List<ExpectedWeight> wanted = [.. Keys(golden, "plain_model_keys.json",
            "plain_model_keys").Select(key => new ExpectedWeight(key.Name, key.Shape))];
        LoadOptions options = new() { Prefix = "model." };

        LoadReport naive = LoadReport.Compare(wanted, file, null, options);
        Assert.Equal(summary.RootElement.GetProperty("missing").GetInt32(), naive.Missing.Count);
        Assert.Equal(summary.RootElement.GetProperty("unexpected").GetInt32(), naive.Unexpected.Count);
        Assert.Equal(summary.RootElement.GetProperty("printed_loaded").GetInt32(), naive.NamesInFile - naive.Missing.Count);
        Assert.False(naive.IsComplete);

        JsonElement actions = summary.RootElement.GetProperty("honest_actions");
        LoadReport honest = LoadReport.Compare(wanted, file, PlainNames, options);
        Assert.Equal(actions.GetProperty("matched").GetInt32(), honest.Matched);
        Assert.Equal(actions.GetProperty("remapped_prefix").GetInt32() + actions.GetProperty("remapped_base_layer").GetInt32(),
            honest.Renamed);
        Assert.Equal(actions.GetProperty("lora").GetInt32(), honest.Merged.Count);
        Assert.Equal(summary.RootElement.GetProperty("checkpoint_keys").GetInt32(), honest.Matched + honest.Renamed + honest.Merged.Count);
        Assert.Equal(1.0, honest.Coverage);
        Assert.True(honest.ThrowUnlessComplete().IsComplete);
    }

    private static IEnumerable<(string Name, long[] Shape)> Keys(string folder, string file, string property)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, file)));
        return [.. json.RootElement.GetProperty(property).EnumerateObject()
            .Select(key => (key.Name, key.Value.EnumerateArray().Select(size => size.GetInt64()).ToArray()))];
    }
}
