using System.Text.Json;
using System.Text.RegularExpressions;
using Graft.Synthetic;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft join, with the command lines of docs/join.md: a base that has memorised its images, and two models adapted from it.</summary>
public sealed partial class JoinCommandTests(WordsBase words) : IClassFixture<WordsBase>
{
    private static readonly string[] Classes = ["dent", "discoloration"];

    [Fact]
    public void TheCommandLinesOfThePage_JoinAdapters_AndKeepTheBase()
    {
        string page = File.ReadAllText(Path.Combine(Shared.Checkout, "docs", "join.md"));
        string[] lines = Block().Match(page).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        using TemporaryFolder folder = new();
        SyntheticOptions options = new() { Classes = Classes, Materials = ["ceramic tile"] };
        SyntheticDataset.Write(folder.At("line-3"), [new("train", 5_000, 8) { Options = options }, new("val", 6_000, 4) { Options = options }]);
        string three = Adapt(folder, "line-3", "rep_mona", folder.At("line-3")), four = Adapt(folder, "line-4", "lora", words.Folder.At("data"));

        JsonElement[] results = [.. lines.Select(line => GraftCli.Run(
            [.. line.Split(' ').Skip(1).Select(Own), .. line.Contains(" join ", StringComparison.Ordinal) ? ["--prefix"] : Array.Empty<string>(), "--json"]).Succeeds().Json)];

        JsonElement joined = results[0];
        Assert.True(joined.GetProperty("exact").GetBoolean());
        Assert.Equal(0, joined.GetProperty("max_abs").GetDouble());
        Assert.Equal(
            ["hole", "stain", "line-3/dent", "line-3/discoloration", "line-4/hole", "line-4/stain"], joined.GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["base", "line-3", "line-4"], joined.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("name").GetString()));
        double after = joined.GetProperty("gflops_after").GetDouble();
        Assert.InRange(after, joined.GetProperty("gflops_base").GetDouble(), joined.GetProperty("gflops_before").GetDouble());
        Assert.True(joined.GetProperty("ms_after").GetDouble() > 0);

        JsonElement kept = results[1];
        Assert.Equal(1, kept.GetProperty("retention").GetDouble());
        Assert.True(kept.GetProperty("map_before").GetDouble() > 0.02);
        Assert.All(kept.GetProperty("drift").EnumerateArray(), one => Assert.Equal(0, one.GetProperty("drift").GetDouble()));
        Assert.NotEqual(1, GraftCli.Run("val", three, "--before", words.Folder.At("base"), "--json").Succeeds().Json.GetProperty("retention").GetDouble());

        Assert.Equal(4, results[3].GetProperty("images").GetArrayLength());
        Assert.Equal(4, Directory.GetFiles(folder.At("found"), "*.jpg").Length);

        // Renamed to the names of the data, a branch scores as its adapted model.
        string plain = folder.At("plain.safetensors"), adapter = Path.Combine(three, "weights", "adapter.safetensors");
        GraftCli.Result text = GraftCli.Run("join", words.Folder.At("base"), adapter, "--out", plain).Succeeds();
        Assert.Contains("bit for bit", text.Output + text.Errors, StringComparison.Ordinal);
        Assert.Equal(Scores(GraftCli.Run("val", three, "--json")), Scores(GraftCli.Run("val", plain, "--data", folder.At("line-3"), "--json")));
        Assert.Equal(
            Scores(GraftCli.Run("val", words.Folder.At("base"), "--classes", "stain", "--json")), Scores(GraftCli.Run("val", plain, "--classes", "stain", "--json")));

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
        Assert.False(File.Exists(path));
    }

    /// <summary>The run folder of a model that was adapted from the base.</summary>
    private string Adapt(TemporaryFolder folder, string name, string kind, string data)
    {
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

    private static IEnumerable<string> Scores(GraftCli.Result result) => result.Succeeds().Json.GetProperty("per_class").EnumerateArray()
        .Where(one => one.GetProperty("ap").ValueKind == JsonValueKind.Number).Select(one => $"{one.GetProperty("name")} {one.GetProperty("ap")} {one.GetProperty("ap50")}");

    [GeneratedRegex("^```sh\\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^(runs/|line-3|joined|found)")]
    private static partial Regex FileName();
}
