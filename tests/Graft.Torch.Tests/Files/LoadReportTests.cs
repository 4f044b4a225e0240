using System.Text.Json;

namespace Graft.Files.Tests;

[SideBySide]
public class LoadReportTests
{
    [Fact]
    public void EveryName_EndsInExactlyOneClass()
    {
        using TemporaryFolder folder = new();
        using WeightFile file = Arrays.File(folder, ("same", [2, 3], 1), ("module.wrapped", [4], 2), ("old.name", [2], 3),
            ("old.twin", [2], 3),
            ("old.rival", [2], 4), ("ramp", [8], 5), ("extra", [1], 6), ("wide", [3, 2], 7));
        NameMap map = new NameMap { ["old.twin"] = "new.name", ["old.rival"] = "new.name" }
            .Then(new NameMap { ["old.*"] = "new.*", ["ramp"] = NameMap.Computed });
        List<ExpectedWeight> wanted = new()
        {
            new("same", [2, 3]), new("wrapped", [4]), new("new.name", [2]), new("wide", [2, 3]), new("absent", [5]),
        };
        LoadReport report = LoadReport.Compare(wanted, file, map);
        Assert.Equal(8, report.NamesInFile);
        Assert.Equal(1, report.Matched);
        Assert.Equal(2, report.Renamed);
        Assert.Equal(["old.twin"], report.Duplicates.Select(pair => pair.Name));
        Assert.Equal(["old.rival"], report.Conflicts.Select(pair => pair.Name));
        Assert.Equal(["ramp"], report.LeftOut.Select(pair => pair.Name));
        Assert.Equal(["extra"], report.Unexpected.Select(entry => entry.Name));
        Assert.Equal("wide is 2×3 in the model, 3×2 in the file", Assert.Single(report.Mismatched).ToString());
        Assert.Equal(["absent"], report.Missing.Select(one => one.Name));
        Assert.Equal(12.0 / 23, report.Coverage, 12);
        Assert.False(report.IsComplete);
    }

    [Fact]
    public void UnexplainedNames_AreRefusedInFewLines_WithTheFullListAsDetails()
    {
        using TemporaryFolder folder = new();
        using WeightFile file = Arrays.File(folder, ("a", [2], 1), ("surplus", [2], 1));
        IEnumerable<ExpectedWeight> wanted = Enumerable.Range(0,
            30).Select(i => new ExpectedWeight($"lost.{i}", [1])).Append(new("a", [2]));
        GraftException error = Assert.Throws<GraftException>(() => LoadReport.Compare(wanted, file).ThrowUnlessComplete());
        Assert.Equal(Failure.Model, error.Failure);
        Assert.InRange(error.Message.Split('\n').Length, 2, 10);
        Assert.Contains("30 missing, 1 unexpected, 0 of another shape", error.Message, StringComparison.Ordinal);
        Assert.All(Enumerable.Range(0, 30), i => Assert.Contains($"lost.{i} 1", error.Details, StringComparison.Ordinal));
        Assert.Contains("surplus", error.Message, StringComparison.Ordinal);
        LoadReport allowed = LoadReport.Compare(wanted, file, null, new LoadOptions { MayMiss = ["lost.*"], MayExceed = ["surplus"] });
        Assert.True(allowed.ThrowUnlessComplete().IsComplete);
        Assert.Equal(30, allowed.Missing.Count);
    }

    [Theory]
    [InlineData("model.")]
    [InlineData("ema.")]
    [InlineData("module._orig_mod.")]
    [InlineData("model.module._orig_mod.")]
    [InlineData("averaged_model.module.")]
    [InlineData("student.model.")]
    public void KnownWrappers_AreRemovedFromEveryName(string prefix)
    {
        using TemporaryFolder folder = new();
        using WeightFile file = Arrays.File(folder, (prefix + "stem.weight", [2], 1), (prefix + "stem.bias", [3], 2), ("n_averaged", [], 3));
        LoadReport report = LoadReport.Compare([new("stem.weight", [2]), new("stem.bias", [3])], file, options: new LoadOptions { MayExceed = ["n_averaged"] });
        Assert.True(report.IsComplete, report.ToString());
        Assert.Equal(2, report.Renamed);
    }

    [Fact]
    public void OfTwoCopies_TheAveragedOneIsUsed_AndReported()
    {
        using TemporaryFolder folder = new();
        using WeightFile file = Arrays.File(folder, ("model.model.a", [2], 1), ("model.model.b", [3], 2), ("ema.model.a", [2], 3), ("ema.model.b", [3], 4), ("loss.scale", [1], 5));
        LoadReport report = LoadReport.Compare([new("a", [2]), new("b", [3])], file);
        Assert.True(report.IsComplete, report.ToString());
        Assert.Equal(["ema.model.a", "ema.model.b"], report.Assignments.Select(one => one.Entry.Name).Order(StringComparer.Ordinal));
        Assert.Equal(2, report.LeftOut.Count);
        Assert.Equal(["loss.scale"], report.OutOfScope);
        Assert.Contains(report.Remarks, remark => remark.Contains("'ema.model.' is used", StringComparison.Ordinal));
    }

    [Fact]
    public void NamesWithoutAWrapper_AreUnchanged()
    {
        using TemporaryFolder folder = new();
        using WeightFile file = Arrays.File(folder, ("model.0.a", [2], 1), ("model.1.a", [2], 2));
        LoadReport report = LoadReport.Compare([new("model.0.a", [2]), new("model.1.a", [2])], file);
        Assert.Equal(2, report.Matched);
        using WeightFile wrapped = Arrays.File(folder, ("model.model.0.a", [2], 1), ("model.model.1.a", [2], 2));
        Assert.Equal(2, LoadReport.Compare([new("model.0.a", [2]), new("model.1.a", [2])], wrapped).ThrowUnlessComplete().Renamed);
    }

    [Fact]
    public void TwoEqualCopiesWithoutAverage_AreRefusedByTheirPrefixes()
    {
        using TemporaryFolder folder = new();
        using WeightFile file = Arrays.File(folder, ("student.a", [2], 1), ("teacher.a", [2], 2), ("student.b", [2], 1), ("teacher.b", [2], 2));
        GraftException error = Assert.Throws<GraftException>(() => LoadReport.Compare([new("a", [2]), new("b", [2])], file).ThrowUnlessComplete());
        Assert.Contains("'student.' and 'teacher.'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownWrapper_IsNamed()
    {
        using TemporaryFolder folder = new();
        using WeightFile file = Arrays.File(folder, ("net.a", [2], 1), ("net.b", [2], 2));
        GraftException error = Assert.Throws<GraftException>(() => LoadReport.Compare([new("a", [2]), new("b", [2])], file).ThrowUnlessComplete());
        Assert.Contains("every name begins with 'net.'", error.Message, StringComparison.Ordinal);
    }

    [SharedTheory]
    [InlineData("compiled.pth")]
    [InlineData("ema_only.pt")]
    [InlineData("lightning.ckpt")]
    [InlineData("lightning_ema.ckpt")]
    [InlineData("numpy_arrays.pth")]
    public void WrappedCheckpoints_HoldThePlainWeights(string name)
    {
        using WeightFile plain = WeightFile.Open(Shared.PathOf("faults", "checkpoint-prefixes", "plain.safetensors"));
        using WeightFile file = WeightFile.Open(Shared.PathOf("faults", "checkpoint-prefixes", name));
        LoadReport report = LoadReport.Compare(plain.Entries.Select(entry => new ExpectedWeight(entry.Name, entry.Shape, entry.DType)), file).ThrowUnlessComplete();
        if (name is not "lightning_ema.ckpt")
        {
            Assert.All(report.Assignments, one => Assert.True(WeightDifference.Between(one.Target, plain[one.Target], one.Entry).AreEqual));
        }
    }

    [Fact]
    public void CopyAll_CountsTheCopiedTensors()
    {
        using TemporaryFolder folder = new();
        using WeightFile file = Arrays.File(folder, ("a", [2], 1), ("b", [3], float.NaN));
        LoadReport report = LoadReport.Compare([new("a", [2]), new("b", [3])], file);
        Assert.Equal(0, report.Copied);
        report.CopyAll(assignment => assignment.Entry.IsFinite());
        Assert.Equal(2, report.Copied);
        Assert.Equal(20, report.BytesRead);
        Assert.Equal(["b"], report.NotFinite);
        using JsonDocument json = JsonDocument.Parse(report.ToJson().ToJsonString());
        Assert.Equal(2, json.RootElement.GetProperty("matched").GetInt32());
        Assert.Equal(1.0, json.RootElement.GetProperty("coverage").GetDouble());
    }

    [Fact]
    public void Prefix_IsRemovedBeforeComparing()
    {
        using TemporaryFolder folder = new();
        using WeightFile file = Arrays.File(folder, ("model.a", [2], 1), ("_orig_mod.model.module.b", [2], 1), ("loss.scale", [1], 1));
        LoadReport report = LoadReport.Compare([new("a", [2]), new("b", [2])], file, null, new LoadOptions { Prefix = "model." });
        Assert.Equal(1, report.Matched);
        Assert.Equal(1, report.Renamed);
        Assert.Equal(["loss.scale"], report.OutOfScope);
        Assert.True(report.IsComplete);
    }

    [SharedFact]
    public void PanoramaCheckpoint_ComparedNaively_ShowsTheHonestNumbers()
    {
        string folder = Shared.PathOf("golden", "panovlm", "tiny_qformer");
        using JsonDocument plain = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected", "plain_model_keys.json")));
        List<ExpectedWeight> wanted = [.. plain.RootElement.GetProperty("model_keys").EnumerateObject()
            .Select(key => new ExpectedWeight(key.Name, [.. key.Value.EnumerateArray().Select(size => size.GetInt64())]))];
        using WeightFile file = WeightFile.Open(Path.Combine(folder, "checkpoint.ckpt"));
        LoadReport report = LoadReport.Compare(wanted, file, null, new LoadOptions { Prefix = "model." });
        Assert.Equal(237, report.NamesInFile);
        Assert.Equal(184, report.Matched);
        Assert.Equal(25, report.Missing.Count);
        Assert.Equal(53, report.Unexpected.Count);
        Assert.Equal(172, file.Entries.DistinctBy(entry => entry.StorageKey).Count());
        Assert.Equal(65, file.Aliases.Sum(group => group.Count - 1));
    }
}
