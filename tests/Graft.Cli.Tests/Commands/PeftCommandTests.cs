using Graft.Cli.CommandLine;

namespace Graft.Cli.Tests.Commands;

public class PeftCommandTests
{
    [Fact]
    public void MergeAndUnmerge_GiveTheBaseBack()
    {
        using TemporaryFolder folder = new();
        string unit = Shared.Golden("peft", "units", "linear"), merged = folder.At("merged.safetensors"),
            back = folder.At("back.safetensors");
        string weights = Path.Combine(unit, "base.safetensors"), adapter = Path.Combine(unit, "adapter");
        Assert.Equal(0, Run("merge", weights, adapter, "--out", merged, "--quiet"));
        Assert.Equal(0, Run("unmerge", merged, adapter, "--out", back, "--quiet"));
        using Files.WeightFile first = Files.WeightFile.Open(weights), last = Files.WeightFile.Open(back);
        Assert.All(first.Entries,
            entry => Assert.True(Files.WeightDifference.Between(entry.Name, entry, last[entry.Name]).RelativeNorm < 1e-6));
    }

    [Fact]
    public void Check_FailsUnlessEverythingIsExplained()
    {
        string unit = Shared.Golden("peft", "units", "linear"), other = Shared.Golden("peft", "units", "conv1x1", "base.safetensors");
        Assert.Equal(0, Run("check", Path.Combine(unit, "adapter"), "--base", Path.Combine(unit, "base.safetensors"), "--quiet"));
        Assert.Equal(4, Run("check", Path.Combine(unit, "adapter"), "--base", other, "--quiet"));
    }

    [Fact]
    public void Combine_WritesAnAdapter()
    {
        using TemporaryFolder folder = new();
        string unit = Shared.Golden("peft", "units", "combine");
        Assert.Equal(0, Run("combine", Path.Combine(unit, "adapter0"), Path.Combine(unit, "adapter1"), "--weights", "1,0.5", "--out",
            folder.At("both"), "--quiet"));
        using Peft.PeftAdapter both = Peft.PeftAdapter.Open(folder.At("both"));
        Assert.Equal(8, both.Config.Rank);
        Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(()
            => Run("combine", Path.Combine(unit, "adapter0"), "--weights", "1", "--method", "avarage", "--out", folder.At("x"))).Failure);
    }

    [SharedTheory]
    [InlineData("with_default_names", 0)]
    [InlineData("bf16", 0)]
    [InlineData("later_epoch", 4)]
    [InlineData("zero_B", 4)]
    [InlineData("alpha_mismatch", 4)]
    [InlineData("partial", 4)]
    [InlineData("nan_weight", 4)]
    public void CheckAgainstACheckpoint_FindsTheOneDifference(string name, int exitCode)
    {
        string golden = Shared.PathOf("golden", "panovlm", "tiny_qformer");
        Assert.Equal(exitCode,
            Run("check", Path.Combine(golden, "adapters", name), "--checkpoint", Path.Combine(golden, "checkpoint.ckpt"), "--quiet"));
    }

    [SharedFact]
    public void Export_WritesTheLoraOfACheckpoint()
    {
        using TemporaryFolder folder = new();
        string checkpoint = Shared.PathOf("golden", "panovlm", "tiny_qformer", "checkpoint.ckpt");
        Assert.Equal(0, Run("export", checkpoint, "--out", folder.At("adapter"), "--quiet"));
        Assert.Equal(0, Run("check", folder.At("adapter"), "--checkpoint", checkpoint, "--quiet"));
    }

    private static int Run(params string[] words) => CommandTree.Execute("peft", words);
}
