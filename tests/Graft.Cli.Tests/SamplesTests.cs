using System.Text.Json;
using System.Text.RegularExpressions;

namespace Graft.Cli.Tests;

/// <summary>The programs in samples/ run and do what their README says.</summary>
public sealed partial class SamplesTests(TinyRun run) : IClassFixture<TinyRun>
{
    [Fact]
    public void PredictFolder_WritesWhatTheCommandLineFinds()
    {
        string imageFolder = Path.Combine(run.Data.Root, "images", "val"), csv = run.Data.At("boxes.csv");
        GraftCli.RunSample("PredictFolder", run.Folder, imageFolder, csv, "0.001").Succeeds();
        string[] lines = File.ReadAllLines(csv);
        Assert.Equal("file,label,score,x1,y1,x2,y2", lines[0]);
        JsonElement images = GraftCli.Run("predict", run.Folder, imageFolder, "--conf", "0.001", "--out", run.Data.At("seen"), "--json").Json.GetProperty("images");
        Assert.Equal(images.EnumerateArray().Sum(image => image.GetProperty("boxes").GetArrayLength()), lines.Length - 1);
        GraftCli.Result empty = GraftCli.RunSample("PredictFolder", run.Folder, Directory.CreateDirectory(run.Data.At("hollow")).FullName, run.Data.At("none.csv"));
        Assert.Equal(3, empty.ExitCode);
        Assert.False(File.Exists(run.Data.At("none.csv")));
    }

    [Fact]
    public void AdaptByCode_LearnsAndMergesExactly()
    {
        GraftCli.Result result = GraftCli.RunSample("AdaptByCode", run.Folder, run.Data.Root, run.Data.At("adapt"), "2").Succeeds();
        Assert.Contains("8,704 of", result.Output, StringComparison.Ordinal);
        Assert.Contains("merged: largest difference", result.Output, StringComparison.Ordinal);
        Assert.Contains("epoch 2:", result.Output, StringComparison.Ordinal);
        GraftCli.Run("inspect", run.Data.At("adapt", "merged.safetensors")).Succeeds();
    }

    [Fact]
    public void FindDefects_PrintsDetections()
    {
        string folder = run.Data.At("program");
        Directory.CreateDirectory(Path.Combine(folder, "runs", "adapted", "weights"));
        File.Copy(run.Best, Path.Combine(folder, "runs", "adapted", "weights", "best.safetensors"));
        File.Copy(run.Data.Image("val", 1), Path.Combine(folder, "board.jpg"));
        GraftCli.Result result = GraftCli.RunSampleIn(folder, "FindDefects").Succeeds();
        Assert.All(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(@"^(hole|stain) [01]\.\d\d at \(.+\), .+ × .+ px$", line));
    }

    [Fact]
    public void EveryProgramOfTheReadme_IsASample()
    {
        string[] samples = [.. Directory.EnumerateFiles(Path.Combine(Shared.Checkout, "samples"), "Program.cs", SearchOption.AllDirectories).Select(path => Code(File.ReadAllText(path)))];
        string[] readmes = [.. Directory.EnumerateFiles(Shared.Checkout, "README*.md")];
        (string File, string Program)[] programs = [.. readmes.SelectMany(file => Blocks().Matches(File.ReadAllText(file))
            .Select(match => (Path.GetFileName(file), Code(match.Groups["code"].Value))))];
        Assert.Contains(programs, program => program.File == "README.md");
        Assert.All(programs, program => Assert.True(
            samples.Contains(program.Program), $"{program.File} has a program that is no sample, so nothing compiles it; change both together:\n{program.Program}"));
    }

    [Fact]
    public void ReadWeights_ListsTensors()
    {
        GraftCli.Result result = GraftCli.RunSample("ReadWeights", run.Best, "stem").Succeeds();
        Assert.Contains("SafeTensors", result.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("backbone.image_model.stem.conv.weight Float32 8×3×3×3:", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("neck.", result.Output, StringComparison.Ordinal);
        Assert.Equal(4, GraftCli.RunSample("ReadWeights", run.Data.At("absent.pth")).ExitCode);
    }

    [Fact]
    public void AllStrategies_TrainsMergesAndTabulates()
    {
        string folder = run.Data.At("strategies"), configs = Path.Combine(Shared.Checkout, "configs", "adapter");
        string[] words = ["--base", run.Folder, "--data", run.Data.Root, "--configs", configs, "--out", folder, "--epochs", "3"];
        string[] tiny = ["model.widen_factor=0.125", "model.last_stage_out_channels=512", "model.text_dim=512", "text.model=stand-in", "train.imgsz=64", "train.batch=2"];
        GraftCli.Result result = GraftCli.RunSample("AllStrategies", [.. words, "--only", "phase2_dense_lora_v1,phase2_step4_1_rep_mona", .. tiny]).Succeeds();
        string[] rows = [.. File.ReadAllLines(Path.Combine(folder, "strategies.md")).Skip(2)];
        Assert.Equal(["phase2_dense_lora_v1", "phase2_step4_1_rep_mona"], rows.Select(row => row.Split('|')[1].Trim()));
        Assert.Contains("nothing left", rows[0], StringComparison.Ordinal);
        Assert.Contains("parts left", rows[1], StringComparison.Ordinal);
        Assert.All(rows, row => Assert.Contains(row, result.Output, StringComparison.Ordinal));
        Assert.Equal(2, GraftCli.RunSample("AllStrategies", [.. words, "--only", "no_such_strategy"]).ExitCode);
    }

    [Fact]
    public void EverySample_IsNamedInTheReadme_AndShort()
    {
        string folder = Path.Combine(Shared.Checkout, "samples"), readme = File.ReadAllText(Path.Combine(folder, "README.md"));
        string[] samples = [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path))];
        Assert.True(samples.Length >= 3);
        Assert.All(samples, name => Assert.Contains($"]({name}/Program.cs)", readme, StringComparison.Ordinal));
        Assert.All(samples, name => Assert.InRange(File.ReadLines(Path.Combine(folder, name, "Program.cs")).Count(), 10, 70));
    }

    /// <summary>A program without comments and empty lines.</summary>
    private static string Code(string text)
        => string.Join('\n', text.Split('\n').Select(line => Comments().Replace(line, "").TrimEnd()).Where(line => line.Length > 0));

    [GeneratedRegex(@"^```csharp[^\n]*\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"(^|\s)//.*$")]
    private static partial Regex Comments();
}
