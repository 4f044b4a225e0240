using System.Text.Json;
using Graft.Synthetic;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft compare, on drawn images.</summary>
public sealed class CompareCommandTests : IClassFixture<TinyRun>
{
    private static readonly string[] NotRepeatable = ["minutes", "images_per_second", "kept_images_per_second", "ms_before", "ms_after"];

    private readonly TinyRun _run;

    public CompareCommandTests(TinyRun run)
    {
        _run = run;
        _run.Data.Write("head.yaml", """
            _base_: tiny.yaml
            tuning:
              adapters: []
              unfreeze:
                - {at: bbox_head}
            """);
    }

    [Fact]
    public void AComparison_SurvivesAKill_AndGivesTheSameTablesAsWithoutIt()
    {
        JsonElement whole = Compare("whole", "adapt.yaml", "head.yaml", "tiny.yaml").Succeeds().Json;
        Assert.Equal(6, whole.GetProperty("cells").GetInt32());
        Assert.Equal(["adapt", "head", "tiny"], whole.GetProperty("strategies").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.NotEmpty(whole.GetProperty("conclusions").EnumerateArray());

        using (RunningCli running = GraftCli.Begin(Command("killed", "adapt.yaml", "head.yaml", "tiny.yaml")))
        {
            running.WaitUntil(output => output.Contains("4/6 adapt, seed 1", StringComparison.Ordinal) && output.LastIndexOf("epoch   1/", StringComparison.Ordinal)
                > output.IndexOf("4/6 adapt, seed 1", StringComparison.Ordinal));
            running.Signal("KILL");
            running.Finish();
        }

        GraftCli.Result resumed = GraftCli.Run("compare", "--resume", At("killed"), "--json").Succeeds();
        Assert.DoesNotContain("1/6 adapt", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(Table("whole"), Table("killed"));
        Assert.Equal(whole.GetProperty("recommended").GetString(), resumed.Json.GetProperty("recommended").GetString());
        Assert.False(Directory.Exists(At("killed", "features")));

        string page = File.ReadAllText(At("whole", "report.html"));
        foreach (string expected in new[] { "What to take", "Found and missed", "old classes", "merge is exact", "mAP50 over minutes", "too few for intervals", "data:image/jpeg" })
        {
            Assert.Contains(expected, page, StringComparison.Ordinal);
        }

        GraftCli.Run("compare", At("..", "nowhere.yaml"), "x", "--resume", At("whole")).Fails(2, "--resume");
        GraftCli.Run(Command("whole", "adapt.yaml", "head.yaml")).Fails(6, "already holds a comparison", "--resume");
        File.AppendAllText(At("whole", "compare.json"), "}");
        GraftCli.Run("compare", "--resume", At("whole")).Fails(3, "compare.json");
    }

    [Fact]
    public void WhatIsLeftOfTheBase_IsMeasuredOnImagesThatAreNamed()
    {
        string known = At("known");
        SyntheticDataset.Write(known, [new("val", 5_000, 8)]);
        string[] command =
        [
            "compare", "adapt/head", "adapt/neck_and_head", "--data", _run.Data.Root, "--base", "base", "--seeds", "1", "--epochs", "1", "train.imgsz=160", "train.batch=4",
        ];

        GraftCli.Result without = GraftCli.Run([.. command, "--out", At("unnamed")]).Succeeds();
        Assert.Contains("is not measured", without.Errors, StringComparison.Ordinal);
        Assert.Contains("--base-data DATA", without.Errors, StringComparison.Ordinal);
        Assert.All(ResultsTable.Read(At("unnamed", "results.csv")).Column("retention"), Assert.Empty);

        GraftCli.Run([.. command, "--base-data", known, "--out", At("named")]).Succeeds();
        Assert.All(ResultsTable.Read(At("named", "results.csv")).Numbers("retention"), left => Assert.True(left >= 0));

        GraftCli.Run([.. command, "--base-data", At("nowhere"), "--out", At("wrong")]).Fails(3, "nowhere");
        Assert.False(Directory.Exists(At("wrong")));
    }

    [Fact]
    public void SharesOfTheImages_SayWhetherMoreWouldHelp()
    {
        GraftCli.Run([.. Command("shares", seeds: 1, "adapt.yaml", "head.yaml"), "--fractions", "0.5,1"]).Succeeds();
        JsonElement results = JsonDocument.Parse(File.ReadAllText(At("shares", "results.json"))).RootElement;
        Assert.Equal([8, 8, 4, 4], results.GetProperty("cells").EnumerateArray().Select(cell => cell.GetProperty("images").GetInt32()));
        Assert.Equal([2, 2, 4, 4], results.GetProperty("cells").EnumerateArray().Select(cell => cell.GetProperty("epochs").GetInt32()));
        Assert.Contains("More images?", File.ReadAllText(At("shares", "report.html")), StringComparison.Ordinal);
        Assert.Contains("From 4 to 8 training images", File.ReadAllText(At("shares", "report.md")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "A second CONFIG is missing", "adapt.yaml")]
    [InlineData(2, "There is no configuration", "adapt.yaml", "nothing.yaml")]
    [InlineData(2, "is given twice", "adapt.yaml", "adapt.yaml")]
    [InlineData(2, "--minutes and --epochs are both given", "adapt.yaml", "head.yaml", "--minutes", "1")]
    [InlineData(2, "--fractions must be different numbers", "adapt.yaml", "head.yaml", "--fractions", "0.5,2")]
    [InlineData(2, "train.lrr", "adapt.yaml", "head.yaml", "train.lrr=1")]
    [InlineData(4, "other does not start from", "adapt.yaml", "other.yaml")]
    public void WhatCannotBeCompared_IsRefused_AndNothingStays(int exitCode, string message, params string[] more)
    {
        _run.Data.Write("other.yaml", "_base_: adapt.yaml\nmodel: {widen_factor: 0.25}\n");
        string[] words = [.. more.Select(word => word.EndsWith(".yaml", StringComparison.Ordinal) ? _run.Data.At(word) : word)];
        GraftCli.Run(["compare", .. words, "--data", _run.Data.Root, "--base", _run.Folder, "--epochs", "1", "--out", At("refused")]).Fails(exitCode, message);
        Assert.False(Directory.Exists(At("refused")));
    }

    [Fact]
    public void TooLittleTime_IsRefusedWithTheLeast()
        => GraftCli.Run("compare", _run.Data.At("adapt.yaml"), _run.Data.At("head.yaml"), "--data", _run.Data.Root, "--base", _run.Folder, "--minutes", "0.0001", "--out", At("short"))
            .Fails(2, "is too short for one epoch of adapt", "Give at least --minutes");

    [Fact]
    public void ABaseThatChanged_IsRefused()
    {
        string copy = At("base-copy.safetensors");
        File.Copy(_run.Best, copy);
        GraftCli.Run("compare", _run.Data.At("adapt.yaml"), _run.Data.At("head.yaml"), "--data", _run.Data.Root, "--base", copy, "--epochs", "1", "--seeds", "1", "--out", At("changed")).Succeeds();
        Directory.Delete(At("changed", "cells", "head"), recursive: true);
        _run.Data.Train("tiny.yaml", "another", "train.seed=5", "train.epochs=1").Succeeds();
        File.Copy(At("another", "weights", "best.safetensors"), copy, overwrite: true);
        GraftCli.Run("compare", "--resume", At("changed")).Fails(6, "has changed since the comparison");
    }

    private string At(params string[] parts) => _run.Data.At(parts);

    private string[] Command(string name, params string[] configs) => Command(name, seeds: 2, configs);

    private string[] Command(string name, int seeds, params string[] configs) =>
        ["compare", .. configs.Select(config => _run.Data.At(config)), "--data", _run.Data.Root, "--base", _run.Folder, "--seeds", $"{seeds}", "--epochs", "2", "--out", At(name)];

    private GraftCli.Result Compare(string name, params string[] configs) => GraftCli.Run([.. Command(name, configs), "--json"]);

    /// <summary>The table without what depends on the machine's speed.</summary>
    private string[] Table(string name) => ResultsTable.Read(At(name, "results.csv")).Without(NotRepeatable);
}
