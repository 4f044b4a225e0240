using System.Text.Json;
using System.Text.RegularExpressions;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft check on drawn data, with the command lines of docs/check.md.</summary>
public sealed partial class CheckCommandTests(TinyRun made) : IClassFixture<TinyRun>
{
    [Fact]
    public void TheCommandLinesOfThePage_CheckAndRepair()
    {
        string page = File.ReadAllText(Path.Combine(Shared.Checkout, "docs", "check.md"));
        string[] lines = Block().Match(page).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        using TemporaryFolder folder = new();
        string data = Spoiled(folder);
        int[] codes = [3, 3, 0];
        JsonElement[] results = [.. lines.Select((line, i) => GraftCli.Run([.. line.Split(' ').Skip(1).Select(Own), "--out", folder.At($"page{i}"), "--json"]).Ends(codes[i]).Json)];

        JsonElement first = results[0];
        Assert.Equal((12, 1), (first.GetProperty("images").GetInt32(), first.GetProperty("errors").GetInt32()));
        JsonElement missing = Problem(first, "missing_image");
        Assert.Equal(("error", 1), (missing.GetProperty("severity").GetString(), missing.GetProperty("count").GetInt32()));
        Assert.Contains("absent.jpg", missing.GetProperty("examples")[0].GetString(), StringComparison.Ordinal);
        string html = File.ReadAllText(first.GetProperty("report").GetString()!);
        Assert.Contains("data:image/jpeg;base64,", html, StringComparison.Ordinal);
        Assert.Contains("absent.jpg", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);

        Assert.Equal(12, results[1].GetProperty("fixed").GetProperty("images").GetInt32());
        Assert.Equal(0, results[2].GetProperty("errors").GetInt32());
        Assert.Equal(12, results[2].GetProperty("images").GetInt32());
        Assert.Equal(first.GetProperty("boxes").GetInt32(), results[2].GetProperty("boxes").GetInt32());
        GraftCli.Run("check", data, "--fix", folder.At("repaired"), "--out", folder.At("page")).Fails(6, "repaired", "--overwrite");

        string Own(string word) => word switch { "line-3" => data, "line-3-repaired" => folder.At("repaired"), "runs/line-3" => made.Folder, _ => word };
    }

    [Fact]
    public void Text_GroupsErrorsBeforeRemarks_AndSaysWhatToDo()
    {
        using TemporaryFolder folder = new();
        string text = GraftCli.Run("check", Spoiled(folder), "--out", folder.At("page")).Ends(3).Output;
        int error = text.IndexOf("error: 1 missing image", StringComparison.Ordinal), advice = text.IndexOf("Copy the images", StringComparison.Ordinal);
        Assert.InRange(error, 0, advice);
        Assert.Contains("1 kind of error, 0 kinds of warnings, ", text, StringComparison.Ordinal);
        Assert.Contains("all classes", text, StringComparison.Ordinal);
        GraftCli.Run("check", made.Data.Root, "--out", folder.At("page")).Succeeds();
    }

    [Fact]
    public void DataThatCannotBeUsed_GetsAClearAnswer()
    {
        using TemporaryFolder folder = new();
        string empty = Directory.CreateDirectory(folder.At("empty")).FullName, page = folder.At("page");
        GraftCli.Run("check", folder.At("nowhere"), "--out", page).Fails(3, "nowhere");
        JsonElement none = GraftCli.Run("check", empty, "--out", page, "--json").Ends(3).Json;
        Assert.Equal(0, none.GetProperty("images").GetInt32());
        Assert.Contains("no training set", Problem(none, "unusable_split").GetProperty("examples")[0].GetString(), StringComparison.Ordinal);
        GraftCli.Run("check", empty, "--out", page, "--fix", folder.At("copy")).Fails(3, "nothing to copy");

        GraftCli.Run("check", made.Data.Root, "--model", folder.At("none.safetensors"), "--out", page).Fails(4, "none.safetensors");
        GraftCli.Run("check", made.Data.Root, "--overwrite", "--out", page).Fails(2, "--fix");
        GraftCli.Run("check", made.Data.Root, "train.epochs=3", "--out", page).Fails(2, "train");
        JsonElement whole = GraftCli.Run("check", made.Data.Root, $"data.val={made.Data.Json("train")}", "--out", page, "--json").Ends(3).Json;
        Assert.Equal(8, Problem(whole, "shared_image").GetProperty("count").GetInt32());
    }

    [Fact]
    public void AModel_IsAskedAboutTheBoxes()
    {
        using TemporaryFolder folder = new();
        JsonElement judged = GraftCli.Run("check", made.Data.Root, "--model", made.Folder, "--out", folder.At("page"), "--json").Succeeds().Json;
        Assert.Equal(12, judged.GetProperty("images").GetInt32());
        string other = folder.Write("other.json", File.ReadAllText(made.Data.Json("val"))
            .Replace("\"hole\"", "\"bubble\"", StringComparison.Ordinal).Replace("\"stain\"", "\"rust\"", StringComparison.Ordinal));
        GraftCli.Run("check", other, $"data.train_images={Path.Combine(made.Data.Root, "images", "val")}", "--model", made.Folder, "--out", folder.At("page"))
            .Fails(2, "no class in common");
    }

    /// <summary>A copy of the data that lists one image more than there are.</summary>
    private string Spoiled(TemporaryFolder folder)
    {
        string data = folder.At("data");
        foreach (string file in Directory.GetFiles(made.Data.Root, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(data, Path.GetRelativePath(made.Data.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        string json = Path.Combine(data, "annotations", "train.json");
        string text = File.ReadAllText(json);
        string spoiled = text.Replace("\"images\":[", "\"images\":[{\"id\":999,\"file_name\":\"absent.jpg\",\"width\":320,\"height\":320},", StringComparison.Ordinal);
        Assert.NotEqual(text, spoiled);
        File.WriteAllText(json, spoiled);
        return data;
    }

    private static JsonElement Problem(JsonElement report, string kind)
        => report.GetProperty("problems").EnumerateArray().Single(problem => problem.GetProperty("kind").GetString() == kind);

    [GeneratedRegex("```sh\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
