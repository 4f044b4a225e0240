using System.Text.Json;
using Graft.Files;

namespace Graft.Peft.Tests;

/// <summary>Thirteen adapters that each differ from their checkpoint in one known way are distinguished.</summary>
public class LoraComparisonTests
{
    private const string Owner = "language_model.";

    [SharedTheory]
    [InlineData("later_epoch")]
    [InlineData("zero_B")]
    [InlineData("alpha_mismatch")]
    [InlineData("partial")]
    [InlineData("extra_layer")]
    [InlineData("shape_mismatch")]
    [InlineData("wrong_prefix")]
    [InlineData("with_default_names")]
    [InlineData("nan_weight")]
    [InlineData("bf16")]
    [InlineData("patterns_rslora")]
    [InlineData("dora")]
    [InlineData("modules_to_save")]
    public void Adapter_DiffersInTheOneKnownWay(string name)
    {
        string golden = Shared.PathOf("golden", "panovlm", "tiny_qformer");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(golden, "adapters", "expected.json")));
        JsonElement expected = json.RootElement.GetProperty(name), report = expected.GetProperty("report");
        using WeightFile file = WeightFile.Open(Path.Combine(golden, "checkpoint.ckpt"));
        PlainModel model = PlainModel.Of(file, "model.");
        using PeftAdapter inside = PeftAdapter.FromCheckpoint(file, CheckpointConfig.Read(file)!, "model.", Owner);
        using PeftAdapter beside = PeftAdapter.Open(Path.Combine(golden, "adapters", name));

        Assert.Equal(report.GetProperty("adapter_keys").GetInt32(),
            beside.Modules.Sum(module => module.Tensors.Count()) + beside.Replacements.Count);
        Assert.Equal(report.GetProperty("adapter_lora_tensors").GetInt32(), beside.Modules.Sum(module => module.Tensors.Count()));
        Assert.Equal(report.GetProperty("adapter_zero_B").GetInt32(), beside.ZeroModules);
        AdapterFit fit = AdapterFit.Check(beside, tensor => model.TryGet(tensor)?.Shape, model.Names, Owner);
        AssertNames(report.GetProperty("adapter_modules_extra"), fit.TensorsWithoutTarget);
        LoraComparison comparison = LoraComparison.Between(inside, beside, tensor => model.TryGet(Owner + tensor));
        AssertNames(report.GetProperty("adapter_modules_missing"), comparison.OnlyInFirst.Select(module => Owner + module));
        AssertNames(report.GetProperty("adapter_modules_extra"), comparison.OnlyInSecond.Select(module => Owner + module));
        if (name != "modules_to_save")
        {
            // This one adapts only two kinds of modules, as its configuration says.
            AssertNames(report.GetProperty("adapter_modules_missing"), fit.TargetsWithoutTensors);
        }

        Assert.Equal(report.GetProperty("conflict_equal").GetInt32(), comparison.Equal);
        AssertDifferences(report.GetProperty("conflict_different"), comparison.Different);
        AssertNames(report.GetProperty("conflict_shape"), comparison.ShapesDiffer.Select(difference => Owner + difference.Name));
        AssertNames(report.GetProperty("full_weight_equal"), comparison.ReplacementsEqual.Select(tensor => Owner + tensor));
        AssertNames(report.GetProperty("full_weight_different"),
            comparison.ReplacementsDifferent.Select(difference => Owner + difference.Name));

        JsonElement settings = expected.GetProperty("config_vs_checkpoint_hparams");
        Assert.Equal(settings.GetProperty("r")[1].GetInt32(), beside.Config.Rank);
        Assert.Equal(settings.GetProperty("lora_alpha")[1].GetDouble(), beside.Config.Alpha);
        if (!settings.GetProperty("agree").GetBoolean())
        {
            Assert.Equal(14, comparison.ScalingsDiffer.Count);
            Assert.False(comparison.Agree);
        }
    }

    [SharedFact]
    public void AdapterThatIsAllZeros_HasNoEffect()
    {
        using PeftAdapter adapter = PeftAdapter.Open(Shared.PathOf("golden", "panovlm", "tiny_qformer", "adapters", "zero_B"));
        Assert.Contains(adapter.Remarks, remark => remark.Contains("no effect", StringComparison.Ordinal));
    }

    [SharedFact]
    public void FolderBesideItsCheckpoint_Agrees()
    {
        string golden = Shared.PathOf("golden", "panovlm", "tiny_qformer");
        using WeightFile file = WeightFile.Open(Path.Combine(golden, "checkpoint.ckpt"));
        using PeftAdapter inside = PeftAdapter.FromCheckpoint(file, CheckpointConfig.Read(file)!, "model.", Owner);
        using PeftAdapter beside = PeftAdapter.Open(Path.Combine(golden, "lora_weights"));
        Assert.True(LoraComparison.Between(inside, beside).Agree);
        Assert.Equal("adapter_model.bin holds the same tensors", beside.CompareIgnoredFile());
    }

    [SharedTheory]
    [InlineData("with_default_names", true, true)]
    [InlineData("later_epoch", true, false)]
    [InlineData("partial", false, false)]
    [InlineData("zero_B", true, false)]
    public void Check_IsExplainedWhenTheAdapterFitsAndEqualsTheCheckpoint(string name, bool fits, bool explained)
    {
        string golden = Shared.PathOf("golden", "panovlm", "tiny_qformer");
        using WeightFile file = WeightFile.Open(Path.Combine(golden, "checkpoint.ckpt"));
        using PeftAdapter adapter = PeftAdapter.Open(Path.Combine(golden, "adapters", name));
        CheckpointLayout layout = CheckpointLayout.Of(file);
        AdapterFit fit = AdapterFit.Check(adapter, PlainModel.Of(file, layout.Prefix), layout.Owner);
        AdapterCheck check = new(adapter) { Fit = fit, Comparison = CheckpointLora.Compare(file, layout, adapter) };
        Assert.Equal(fits, fit is { IsComplete: true, TargetsWithoutTensors.Count: 0 });
        Assert.Equal(explained, check.IsExplained);
        Assert.Equal(name != "zero_B", new AdapterCheck(adapter).IsExplained);
    }

    [SharedFact]
    public void LoraOfACheckpoint_IsExportedAsItIs()
    {
        using TemporaryFolder folder = new();
        using WeightFile file = WeightFile.Open(Shared.PathOf("golden", "panovlm", "tiny_qformer", "checkpoint.ckpt"));
        CheckpointLayout layout = CheckpointLayout.Of(file);
        CheckpointLora.Export(file, layout, folder.At("lora"));
        using PeftAdapters written = PeftAdapters.Open([folder.At("lora")]), inside = PeftAdapters.Inside(file, layout);
        Assert.True(LoraComparison.Between(inside.All[0], written.All[0]).Agree);
        Assert.True(CheckpointLora.Compare(file, layout, written.All[0]).Agree);
    }

    [Fact]
    public void FileWithoutALora_IsNamed()
    {
        using WeightFile file = WeightFile.Open(Shared.Golden("peft", "units", "linear", "base.safetensors"));
        GraftException error = Assert.Throws<GraftException>(() => CheckpointLora.Open(file, new CheckpointLayout("", "")));
        Assert.Equal(Failure.Model, error.Failure);
        Assert.Contains("base.safetensors", error.Message, StringComparison.Ordinal);
    }

    private static void AssertNames(JsonElement expected, IEnumerable<string> names)
        => Assert.Equal(expected.EnumerateArray().Select(name => (name.ValueKind == JsonValueKind.Array ? name[0]
            : name).GetString()!).Order(StringComparer.Ordinal),
            names.Order(StringComparer.Ordinal));

    private static void AssertDifferences(JsonElement expected, IReadOnlyList<WeightDifference> differences)
    {
        AssertNames(expected, differences.Select(difference => Owner + difference.Name));
        foreach (JsonElement pair in expected.EnumerateArray())
        {
            double found = differences.Single(difference => Owner + difference.Name == pair[0].GetString()).MaxAbsolute;
            if (pair[1].ValueKind == JsonValueKind.String)
            {
                Assert.True(double.IsNaN(found));
            }
            else
            {
                Assert.Equal(pair[1].GetDouble(), found, 1e-6);
            }
        }
    }
}
