using Graft.Files;

namespace Graft.Peft.Tests;

/// <summary>Merged weights match PEFT's; what cannot be merged is refused.</summary>
[Trait("Kind", "Parity")]
public class PeftMergeTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("linear")]
    [InlineData("linear_rslora")]
    [InlineData("linear_fan_in_fan_out")]
    [InlineData("linear_lora_bias")]
    [InlineData("linear_bias_lora_only")]
    [InlineData("conv1x1")]
    [InlineData("conv3x3")]
    [InlineData("embedding")]
    [InlineData("dora_linear")]
    [InlineData("dora_conv3x3")]
    public void MergedUnit_EqualsPeft(string unit)
    {
        using TemporaryFolder folder = new();
        using PeftAdapter adapter = PeftAdapter.Open(Unit(unit, "adapter"));
        string output = folder.At("merged.safetensors");
        PeftMergeReport report = PeftMerge.Write(Unit(unit, "base.safetensors"), [adapter], output);
        Assert.NotEmpty(report.Merged);
        AssertClose(Unit(unit, "merged.safetensors"), output, Tolerance);
    }

    [Theory]
    [InlineData("linear_base_f16")]
    [InlineData("linear_base_bf16")]
    public void HalfPrecisionBase_IsRoundedOnce(string unit)
    {
        using TemporaryFolder folder = new();
        using PeftAdapter adapter = PeftAdapter.Open(Unit(unit, "adapter"));
        PeftMerge.Write(Unit(unit, "base.safetensors"), [adapter], folder.At("merged.safetensors"));
        using WeightFile merged = WeightFile.Open(folder.At("merged.safetensors"));
        using WeightFile peft = WeightFile.Open(Unit(unit, "io.npz"));
        Assert.Equal(peft["merged_add_in_f32"].ToDoubles(), merged["fc.weight"].ToDoubles());
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("conv3x3")]
    [InlineData("embedding")]
    [InlineData("linear_lora_bias")]
    [InlineData("linear_fan_in_fan_out")]
    public void Unmerging_GivesTheBaseBack(string unit)
    {
        using TemporaryFolder folder = new();
        using PeftAdapter adapter = PeftAdapter.Open(Unit(unit, "adapter"));
        PeftMerge.Write(Unit(unit, "base.safetensors"), [adapter], folder.At("merged.pth"));
        PeftMerge.Write(folder.At("merged.pth"), [adapter], folder.At("base.safetensors"), new PeftMergeOptions { Unmerge = true });
        AssertClose(Unit(unit, "base.safetensors"), folder.At("base.safetensors"), 1e-6);
    }

    [SharedFact]
    public void AnAdapterWithoutTensorsForSomeTargets_IsRefusedUnlessAllowed()
    {
        using TemporaryFolder folder = new();
        string source = Shared.PathOf("faults", "peft-missing-targets", "base.safetensors"), output = folder.At("out.safetensors");
        using PeftAdapter adapter = PeftAdapter.Open(Shared.PathOf("faults", "peft-missing-targets", "adapter"));
        GraftException error = Assert.Throws<GraftException>(() => PeftMerge.Write(source, [adapter], output));
        Assert.Equal(Failure.Model, error.Failure);
        Assert.Contains("targets 4 modules of the base and has tensors for 2 of them", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(output));
        PeftMergeReport report = PeftMerge.Write(source, [adapter], output, new PeftMergeOptions { AllowMissing = true });
        Assert.Contains(report.Notes, note => note.Contains("tensors for 2 of them", StringComparison.Ordinal));
    }

    [Fact]
    public void GroupedConvolution_IsRefused()
    {
        using TemporaryFolder folder = new();
        using PeftAdapter adapter = PeftAdapter.Open(Unit("conv_groups2", "adapter"));
        GraftException error = Assert.Throws<GraftException>(()
            => PeftMerge.Write(Unit("conv_groups2", "base.safetensors"), [adapter], folder.At("merged.safetensors")));
        Assert.Equal(Failure.Refused, error.Failure);
        Assert.Contains("groups", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Dora_IsNotUnmerged()
    {
        using TemporaryFolder folder = new();
        using PeftAdapter adapter = PeftAdapter.Open(Unit("dora_linear", "adapter"));
        GraftException error = Assert.Throws<GraftException>(() => PeftMerge.Write(
            Unit("dora_linear", "merged.safetensors"), [adapter], folder.At("base.safetensors"), new PeftMergeOptions { Unmerge = true }));
        Assert.Equal(Failure.Refused, error.Failure);
    }

    [Fact]
    public void TheSameAdapterTwice_IsRefused()
    {
        using TemporaryFolder folder = new();
        using PeftAdapter first = PeftAdapter.Open(Unit("linear", "adapter")), again = PeftAdapter.Open(Unit("linear", "adapter") + "/");
        GraftException error = Assert.Throws<GraftException>(()
            => PeftMerge.Write(Unit("linear", "base.safetensors"), [first, again], folder.At("merged.safetensors")));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("named 2 times", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void AlphaZero_ChangesNothingAndIsReported()
    {
        using TemporaryFolder folder = new();
        string copy = Directory.CreateDirectory(folder.At("adapter")).FullName;
        foreach (string file in Directory.GetFiles(Unit("linear", "adapter")))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        string config = Path.Combine(copy, PeftConfig.FileName);
        System.Text.Json.Nodes.JsonNode json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(config))!;
        json["lora_alpha"] = 0;
        File.WriteAllText(config, json.ToJsonString());
        using PeftAdapter adapter = PeftAdapter.Open(copy);
        Assert.False(adapter.HasEffect);
        PeftMergeReport report = PeftMerge.Write(Unit("linear", "base.safetensors"), [adapter], folder.At("merged.safetensors"));
        Assert.Contains(report.Remarks, remark => remark.Contains("lora_alpha is 0", StringComparison.Ordinal));
        AssertClose(Unit("linear", "base.safetensors"), folder.At("merged.safetensors"), 0);
    }

    [Fact]
    public void TwoAdapters_AddTheirUpdates()
    {
        using TemporaryFolder folder = new();
        using PeftAdapter first = PeftAdapter.Open(Unit("combine", "adapter0")), second = PeftAdapter.Open(Unit("combine", "adapter1"));
        PeftMerge.Write(Unit("combine", "base.safetensors"), [first, second], folder.At("both.safetensors"));
        PeftMerge.Write(Unit("combine", "base.safetensors"), [second], folder.At("one.safetensors"));
        PeftMerge.Write(folder.At("one.safetensors"), [first], folder.At("after.safetensors"));
        AssertClose(folder.At("both.safetensors"), folder.At("after.safetensors"), 1e-6);
        using WeightFile merged = WeightFile.Open(folder.At("both.safetensors")),
            golden = WeightFile.Open(Unit("combine", "expected.safetensors"));
        double[] x = golden["x"].ToDoubles(), y = golden["two_active_y"].ToDoubles(), w = merged["fc.weight"].ToDoubles(),
            b = merged["fc.bias"].ToDoubles();
        for (int row = 0; row < 5; row++)
        {
            for (int o = 0; o < 6; o++)
            {
                double sum = b[o] + Enumerable.Range(0, 10).Sum(i => x[(row * 10) + i] * w[(o * 10) + i]);
                Assert.Equal(y[(row * 6) + o], sum, 1e-5);
            }
        }
    }

    [SharedFact]
    public void CheckpointOfAnAdaptedModel_MergesItsOwnLora()
    {
        string golden = Shared.PathOf("golden", "panovlm", "tiny_qformer");
        using TemporaryFolder folder = new();
        using WeightFile file = WeightFile.Open(Path.Combine(golden, "checkpoint.ckpt"));
        PeftConfig config = CheckpointConfig.Read(file)!;
        Assert.Equal((4, 8.0), (config.Rank, config.Alpha));
        using PeftAdapter adapter = PeftAdapter.FromCheckpoint(file, config, "model.", "language_model.");
        PeftMergeOptions options = new() { Prefix = "model.", Owner = "language_model." };
        PeftMergeReport report = PeftMerge.Write(file, [adapter], folder.At("merged.safetensors"), options);
        Assert.Equal(14, report.Merged.Count);
        Assert.Equal(28, report.LoraTensorsInBase);
        Assert.Equal(195, report.Copied);
        AssertClose(Path.Combine(golden, "expected", "merged_state_dict.safetensors"), folder.At("merged.safetensors"), Tolerance);
    }

    [SharedTheory]
    [InlineData("patterns_rslora")]
    [InlineData("dora")]
    public void AdapterBesideACheckpoint_MergesIntoItsBase(string name)
    {
        string golden = Shared.PathOf("golden", "panovlm", "tiny_qformer"), path = Path.Combine(golden, "adapters", name);
        using TemporaryFolder folder = new();
        using PeftAdapter adapter = PeftAdapter.Open(path);
        PeftMergeOptions options = new() { Prefix = "model.", Owner = "language_model." };
        PeftMerge.Write(Path.Combine(golden, "checkpoint.ckpt"), [adapter], folder.At("merged.safetensors"), options);
        AssertClose(Path.Combine(path, "expected_merged.safetensors"), folder.At("merged.safetensors"), Tolerance);
    }

    [SharedTheory]
    [InlineData("nan_weight", Failure.Refused)]
    [InlineData("shape_mismatch", Failure.Model)]
    [InlineData("extra_layer", Failure.Model)]
    [InlineData("wrong_prefix", Failure.Model)]
    public void AdapterThatDoesNotFit_WritesNothing(string name, Failure failure)
    {
        string golden = Shared.PathOf("golden", "panovlm", "tiny_qformer");
        using TemporaryFolder folder = new();
        using PeftAdapter adapter = PeftAdapter.Open(Path.Combine(golden, "adapters", name));
        PeftMergeOptions options = new() { Prefix = "model.", Owner = "language_model." };
        GraftException error = Assert.Throws<GraftException>(()
            => PeftMerge.Write(Path.Combine(golden, "checkpoint.ckpt"), [adapter], folder.At("merged.safetensors"), options));
        Assert.Equal(failure, error.Failure);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [SharedFact]
    public void ReplacedHead_BreaksTheTie()
    {
        string golden = Shared.PathOf("golden", "panovlm", "tiny_qformer");
        using TemporaryFolder folder = new();
        using PeftAdapter adapter = PeftAdapter.Open(Path.Combine(golden, "adapters", "modules_to_save"));
        PeftMerge.Write(Path.Combine(golden, "pretrained_lm", "same", "model.safetensors"), [adapter], folder.At("merged.safetensors"));
        using WeightFile merged = WeightFile.Open(folder.At("merged.safetensors"));
        Assert.True(merged["lm_head.weight"].ContentEquals(adapter.Replacements["lm_head.weight"]));
        Assert.False(merged["model.embed_tokens.weight"].ContentEquals(merged["lm_head.weight"]));
    }

    private static string Unit(params string[] parts) => Shared.Golden(["peft", "units", .. parts]);

    private static void AssertClose(string expected, string actual, double tolerance)
    {
        using WeightFile wanted = WeightFile.Open(expected), found = WeightFile.Open(actual);
        foreach (WeightEntry entry in wanted.Entries)
        {
            Assert.Equal(entry.Shape, found[entry.Name].Shape);
            double[] a = entry.ToDoubles(), b = found[entry.Name].ToDoubles();
            Assert.All(Enumerable.Range(0, a.Length), i => Assert.Equal(a[i], b[i], tolerance));
        }
    }
}
