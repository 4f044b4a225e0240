using System.Text.Json;

namespace Graft.Files.Tests;

[SideBySide]
public class LoadReportTests
{
    [Fact]
    public void EveryName_EndsInExactlyOneClass()
    {
        using var folder = new TemporaryFolder();
        using WeightFile file = Arrays.File(folder, ("same", [2, 3], 1), ("module.wrapped", [4], 2), ("old.name", [2], 3),
            ("old.twin", [2], 3),
            ("old.rival", [2], 4), ("ramp", [8], 5), ("extra", [1], 6), ("wide", [3, 2], 7));
        var map = new NameMap { ["old.twin"] = "new.name", ["old.rival"] = "new.name" }
            .Then(new NameMap { ["old.*"] = "new.*", ["ramp"] = NameMap.Computed });
        var wanted = new List<ExpectedWeight>
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
    public void UnexplainedNames_AreRefusedWithTheFullList()
    {
        using var folder = new TemporaryFolder();
        using WeightFile file = Arrays.File(folder, ("a", [2], 1), ("surplus", [2], 1));
        IEnumerable<ExpectedWeight> wanted = Enumerable.Range(0,
            30).Select(i => new ExpectedWeight($"lost.{i}", [1])).Append(new("a", [2]));
        GraftException error = Assert.Throws<GraftException>(() => LoadReport.Compare(wanted, file).ThrowUnlessComplete());
        Assert.Equal(Failure.Model, error.Failure);
        Assert.All(Enumerable.Range(0, 30), i => Assert.Contains($"lost.{i} 1", error.Message, StringComparison.Ordinal));
        Assert.Contains("surplus", error.Message, StringComparison.Ordinal);
        LoadReport allowed = LoadReport.Compare(wanted, file, null, new LoadOptions { MayMiss = ["lost.*"], MayExceed = ["surplus"] });
        Assert.True(allowed.ThrowUnlessComplete().IsComplete);
        Assert.Equal(30, allowed.Missing.Count);
    }

    [Fact]
    public void CopyAll_CountsWhatWasReallyCopied()
    {
        using var folder = new TemporaryFolder();
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
    public void Prefix_IsTakenOffBeforeComparing()
    {
        using var folder = new TemporaryFolder();
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
