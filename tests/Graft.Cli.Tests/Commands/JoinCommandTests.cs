using System.Text.Json;
using System.Text.RegularExpressions;
using Graft.Synthetic;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft join, with the command lines of docs/join.md: a base that has memorised its images, and two models adapted from it.</summary>
public sealed partial class JoinCommandTests(WordsBase words) : IClassFixture<WordsBase>
{
    [Fact]
    public void TheCommandLinesOfThePage_JoinAdapters_AndKeepTheBase()
    {
        string page = File.ReadAllText(Path.Combine(Shared.Checkout, "docs", "join.md"));
        string[] lines = Block().Match(page).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        using TemporaryFolder folder = new();
        string three = Adapt(folder, "line-3", "rep_mona", ["dent", "discoloration"]), four = Adapt(folder, "line-4", "lora", ["scratch", "crack"]);

        JsonElement[] results = [.. lines.Select(line => GraftCli.Run([.. line.Split(' ').Skip(1).Select(Own), "--json"]).Succeeds().Json)];

        JsonElement joined = results[0];
        Assert.True(joined.GetProperty("exact").GetBoolean());
        Assert.Equal(0, joined.GetProperty("max_abs").GetDouble());
        Assert.Equal(
            ["hole", "stain", "dent", "discoloration", "scratch", "crack"], joined.GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["base", "line-3", "line-4"], joined.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("name").GetString()));
        double after = joined.GetProperty("gflops_after").GetDouble();
        Assert.InRange(after, joined.GetProperty("gflops_base").GetDouble(), joined.GetProperty("gflops_before").GetDouble());
        Assert.True(joined.GetProperty("ms_after").GetDouble() > 0);

        JsonElement kept = results[1];
        Assert.Equal(1, kept.GetProperty("retention").GetDouble());
        Assert.True(kept.GetProperty("map_before").GetDouble() > 0.02);
        Assert.All(kept.GetProperty("drift").EnumerateArray(), one => Assert.Equal(0, one.GetProperty("drift").GetDouble()));
        JsonElement adapted = GraftCli.Run("val", three, "--before", words.Folder.At("base"), "--data", words.Folder.At("data"), "--json").Succeeds().Json;
        Assert.NotEqual(1, adapted.GetProperty("retention").GetDouble());

        Assert.Equal(4, results[3].GetProperty("images").GetArrayLength());
        Assert.Equal(4, Directory.GetFiles(folder.At("found"), "*.jpg").Length);

        // Each scores as it does alone; so does the base with other prompts.
        string path = folder.At("joined.safetensors");
        Assert.Equal(Scores(GraftCli.Run("val", three, "--json").Succeeds().Json), Scores(results[2]));
        Assert.Equal(
            Scores(GraftCli.Run("val", four, "--json").Succeeds().Json), Scores(GraftCli.Run("val", path, "--data", folder.At("line-4"), "--json").Succeeds().Json));
        string[] stain = ["--classes", "stain", "--json"];
        Assert.Equal(
            Scores(GraftCli.Run(["val", words.Folder.At("base"), .. stain]).Succeeds().Json), Scores(GraftCli.Run(["val", path, .. stain]).Succeeds().Json));

        string Own(string word) => word == "runs/base" ? words.Folder.At("base") : FileName().IsMatch(word) ? folder.At(word) : word;
    }

    [Fact]
    public void BadInput_IsNamed_WithItsExitCode()
    {
        string base_ = words.Folder.At("base"), path = words.Folder.At("refused.safetensors");
        GraftCli.Run("join", base_, base_, "--out", path).Fails(2, "both have the class 'hole'", "--rename", "--prefix");
        GraftCli.Run("join", base_, base_, "--prefix", "--rename", "base:hol=pit", "--out", path).Fails(2, "has no class 'hol'", "hole");
        GraftCli.Run("join", base_, "--out", path).Fails(2);
        GraftCli.Run("join", base_, base_, "--prefix", "--out", words.Folder.At("refused.pth")).Fails(2, ".safetensors");
        GraftCli.Run("join", base_, words.Folder.At("absent.safetensors"), "--out", path).Fails(4, "absent.safetensors");
        GraftCli.Run("join", base_, words.Folder.At("tiny.yaml"), "--out", path).Fails(4, "tiny.yaml");
        GraftCli.Run("join", base_, words.Folder.At("data"), "--out", path).Fails(4, "no run folder");
        Assert.False(File.Exists(path));

        string twice = words.Folder.At("twice.safetensors");
        GraftCli.Run("join", base_, base_, "--prefix", "--out", twice).Succeeds();
        GraftCli.Run("join", base_, twice, "--prefix", "--out", path).Fails(4, "is a joined model (base, ");
        GraftCli.Run("merge", twice, "--out", path).Fails(6, "joined model", "graft join");
        GraftCli.Run("reparam", twice, "--out", path).Fails(6, "joined model");
        GraftCli.Run("val", twice, "--adapter", base_).Fails(4, "joined model");
        words.Train("tiny.yaml", "further", "--base", twice).Fails(4, "joined model", "graft join");
        GraftCli.Run("inspect", twice).Succeeds();
        GraftCli.Run("bench", "files", base_, twice, "--repeat", "1").Succeeds();
        Assert.False(File.Exists(path));
    }

    /// <summary>The run folder of a model that was adapted from the base.</summary>
    private string Adapt(TemporaryFolder folder, string name, string kind, string[] classes)
    {
        SyntheticOptions options = new() { Classes = classes, Materials = ["ceramic tile"] };
        string data = folder.At(name);
        SyntheticDataset.Write(data, [new("train", 5_000, 8) { Options = options }, new("val", 6_000, 4) { Options = options }]);
        string config = words.Folder.Write($"{name}.yaml", $$"""
            _base_: tiny.yaml
            train: {epochs: 3, lr: 0.01, close_mosaic: 0}
            tuning:
              adapters:
                - {kind: {{kind}}, at: "neck.**", rank: 4}
            """);
        string run = folder.At("runs", name);
        GraftCli.Run("train", config, "--data", data, "--base", words.Folder.At("base"), "--work-dir", run, "--threads", "1").Succeeds();
        return run;
    }

    private static IEnumerable<string> Scores(JsonElement result) => result.GetProperty("per_class").EnumerateArray()
        .Where(one => one.GetProperty("ap").ValueKind == JsonValueKind.Number).Select(one => $"{one.GetProperty("name")} {one.GetProperty("ap")} {one.GetProperty("ap50")}");

    [GeneratedRegex("^```sh\\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^(runs/|line-3|joined|found)")]
    private static partial Regex FileName();
}
