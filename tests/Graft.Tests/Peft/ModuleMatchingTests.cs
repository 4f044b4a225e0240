using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Graft.Peft.Tests;

/// <summary>A configuration selects the modules that PEFT selects.</summary>
public class ModuleMatchingTests
{
    [Fact]
    public void EveryGoldenConfiguration_SelectsItsModules()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Shared.Golden("peft", "units", "matching", "matching.json")));
        string[] names = [.. golden.RootElement.GetProperty("module_names").EnumerateArray().Select(name => name.GetString()!)];
        int cases = 0;
        foreach (JsonElement one in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            PeftConfig config = Config(one.GetProperty("config").GetRawText());
            Assert.Equal(one.GetProperty("matched").EnumerateArray().Select(name => name.GetString()),
                names.Where(name => config.Targets(name)));
            cases++;
        }

        Assert.Equal(12, cases);
    }

    [Fact]
    public void LayerNumber_IsTheLastOrTheFirst()
    {
        PeftConfig config = Config("""{"target_modules":["q_proj"],"layers_to_transform":[1]}""");
        Assert.False(config.Targets("model.layers.1.experts.0.q_proj"));
        Assert.True(config.Targets("model.layers.1.experts.0.q_proj", firstNumber: true));
    }

    [Fact]
    public void FirstPatternThatFits_GivesRankAndAlpha()
    {
        PeftConfig config = Config("""
            {"target_modules":["q_proj","k_proj","v_proj"],"r":4,"lora_alpha":8,"use_rslora":true,
             "rank_pattern":{"layers\\.1\\..*":6,"q_proj":2},"alpha_pattern":{"v_proj":32}}
            """);
        Assert.Equal(2, config.RankOf("model.layers.0.q_proj"));
        Assert.Equal(6, config.RankOf("model.layers.1.q_proj"));
        Assert.Equal(4, config.RankOf("model.layers.0.my_q_proj"));
        Assert.Equal(32 / Math.Sqrt(4), config.ScalingOf("model.layers.0.v_proj"), 12);
    }

    [Theory]
    [InlineData("""{"target_modules":"(a+)+$"}""", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")]
    [InlineData("""{"target_modules":"(?=(a+))\\1+b"}""", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac")]
    public void CatastrophicPattern_EndsInTime(string json, string name)
    {
        PeftConfig config = Config(json);
        Stopwatch watch = System.Diagnostics.Stopwatch.StartNew();
        try
        {
            Assert.False(config.Targets(name));
        }
        catch (GraftException error)
        {
            Assert.Contains("takes too long", error.Message, StringComparison.Ordinal);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3));
    }

    private static PeftConfig Config(string json)
    {
        using TemporaryFolder folder = new();
        JsonObject fields = JsonNode.Parse(json)!.AsObject();
        fields["peft_type"] = "LORA";
        return PeftConfigReader.Read(folder.Write("adapter_config.json", fields.ToJsonString()));
    }
}
