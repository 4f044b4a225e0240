using System.Text.Json;
using Graft.Files;

namespace Graft.Cli.Tests;

/// <summary>The base that comes with Graft finds new drawn defects by words, without a download.</summary>
public sealed class BuiltInBaseTests : IDisposable
{
    private const string Names = "scratch,dent,hole,stain,crack,missing part,contamination,discoloration";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ItFindsDefects_ByName_AndByWordsThatItNeverSaw()
    {
        GraftCli.Run("generate", _folder.At("data"), "--split", "val=48@500000", "--materials", "brushed metal,fabric,wood,circuit board,ceramic tile", "--quiet").Succeeds();
        string data = _folder.At("data", "annotations", "val.json");
        Assert.InRange(Map50("--data", data), 0.75, 1);
        Assert.InRange(Map50("--data", data, "--classes", Names, "--prompts", _folder.At("data", "queries", "lexical.json")), 0.5, 1);
        Assert.InRange(Map50("--data", data, "--classes", Names, "--prompts", "cat,dog,car,tree,house,cloud,river,shoe"), 0, 0.35);

        static double Map50(params string[] more) => GraftCli.Run(["val", "base", "--json", .. more]).Succeeds().Json.GetProperty("map50").GetDouble();
    }

    [Fact]
    public void ClassesOfNoData_AskForData()
        => GraftCli.Run("reparam", "base", "--classes", "scratch,dent", "--out", _folder.At("baked.safetensors")).Fails(3, "No data set is named", "--data");

    [Fact]
    public void ItsFile_IsSmall_AndSaysWhatItReads()
    {
        string path = Path.Combine(Shared.Checkout, "configs", "base", "base.safetensors");
        Assert.InRange(new FileInfo(path).Length, 1, 8_000_000);
        using WeightFile file = WeightFile.Open(path);
        Assert.Contains("minilm", file.Metadata["graft.text_encoder"], StringComparison.Ordinal);
        Assert.All(file.Entries, entry => Assert.True(entry.DType is ElementType.Float16 || !entry.DType.IsFloatingPoint(), entry.Name));
    }

    [Fact]
    public void ItsTrainingPrompts_HaveNoneOfTheSynonymsThatTheTestsAskFor()
    {
        string[][] prompts = JsonSerializer.Deserialize<string[][]>(File.ReadAllText(Path.Combine(Shared.Checkout, "configs", "base", "prompts.json")))!;
        string[] heldOut = [.. Graft.Synthetic.SyntheticVocabulary.Base.SelectMany(one => one.HeldOutSynonyms)];
        Assert.Equal(32, heldOut.Length);
        Assert.Empty(prompts.SelectMany(one => one).Intersect(heldOut, StringComparer.OrdinalIgnoreCase));
        Assert.Equal(Names.Split(','), prompts.Select(one => one[0]));
    }
}
