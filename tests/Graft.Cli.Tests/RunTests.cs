using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Graft.Synthetic;

namespace Graft.Cli.Tests;

/// <summary>Training, resuming, evaluating, predicting, merging: the whole way on a tiny model and drawn pictures.</summary>
public sealed partial class RunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RunTests()
    {
        SyntheticOptions options = new() { Classes = ["hole", "stain"], Materials = ["ceramic tile"] };
        SyntheticDataset.Write(_folder.At("data"), [new("train", 1_000, 12) { Options = options }, new("val", 2_000, 4) { Options = options }]);
        _folder.Write("tiny.yaml", """
            model: {kind: yolo_world, widen_factor: 0.125, deepen_factor: 0.33, last_stage_out_channels: 512}
            train: {epochs: 4, batch: 4, imgsz: 96, lr: 0.001, close_mosaic: 1, workers: 1}
            """);
        _folder.Write("adapt.yaml", """
            _base_: tiny.yaml
            tuning:
              adapters:
                - {kind: lora, at: "neck.**", rank: 4}
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void InterruptedAndResumed_EqualsNeverStopped()
    {
        Assert.Equal(0, Train("tiny.yaml", "whole").ExitCode);
        // The same four epochs, stopped by Ctrl+C on the way.
        using (Process process = GraftCli.Start("train", _folder.At("tiny.yaml"), "--data", _folder.At("data"), "--work-dir", _folder.At("parts"), "--threads", "1"))
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            while (process.StandardOutput.ReadLine() is { } line)
            {
                if (line.StartsWith("epoch   1/", StringComparison.Ordinal))
                {
                    Assert.Equal(0, kill(process.Id, 2));
                }
            }

            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }

        Assert.True(File.ReadAllLines(_folder.At("parts", "results.csv")).Length < 5, "the run was not interrupted");
        Assert.Equal(0, GraftCli.Run("train", "--resume", _folder.At("parts"), "--threads", "1").ExitCode);
        Assert.Equal(Rows("whole"), Rows("parts"));
        Assert.Equal(
            File.ReadAllBytes(_folder.At("whole", "weights", "last.safetensors")), File.ReadAllBytes(_folder.At("parts", "weights", "last.safetensors")));
    }

    [Fact]
    public void AdaptedMergedAndAsked_AnswersTheSame()
    {
        Assert.Equal(0, Train("tiny.yaml", "base").ExitCode);
        GraftCli.Result adapted = Train("adapt.yaml", "adapted", "--base", _folder.At("base"));
        Assert.Equal(0, adapted.ExitCode);
        Assert.True(adapted.Json.GetProperty("trainable").GetInt64() < adapted.Json.GetProperty("total").GetInt64() / 50);
        Assert.True(new FileInfo(_folder.At("adapted", "weights", "adapter.safetensors")).Length < 100_000);

        GraftCli.Result merged = GraftCli.Run("merge", _folder.At("adapted"), "--out", _folder.At("merged.safetensors"), "--json");
        Assert.Equal(0, merged.ExitCode);
        Assert.True(merged.Json.GetProperty("exact").GetBoolean());
        Assert.Equal(0, GraftCli.Run("inspect", _folder.At("merged.safetensors"), "--against", _folder.At("base", "weights", "best.safetensors")).ExitCode);

        JsonElement before = GraftCli.Run("val", _folder.At("adapted"), "--json").Json, after = GraftCli.Run("val", _folder.At("merged.safetensors"), "--json").Json;
        Assert.Equal(before.GetProperty("map50").GetDouble(), after.GetProperty("map50").GetDouble(), 1e-6);

        GraftCli.Result found = GraftCli.Run(
            "predict", _folder.At("merged.safetensors"), _folder.At("data", "images", "val"), "--conf", "0.001", "--out", _folder.At("found"), "--json");
        Assert.Equal(0, found.ExitCode);
        Assert.Equal(4, found.Json.GetProperty("images").GetArrayLength());
        Assert.Equal(4, Directory.GetFiles(_folder.At("found"), "*.jpg").Length);
    }

    [Fact]
    public void AdapterWithoutBase_AndBaseOfAnotherSize_AreRefused()
    {
        Assert.Equal(2, Train("adapt.yaml", "none").ExitCode);
        Assert.Equal(0, Train("tiny.yaml", "small", "train.epochs=1").ExitCode);
        GraftCli.Result other = Train("tiny.yaml", "other", "--base", _folder.At("small"), "model.widen_factor=0.25");
        Assert.Equal(4, other.ExitCode);
        Assert.Contains("backbone.image_model.stem.conv.weight", other.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void ExplodingGradients_StopTheRunWithAnExplanation()
    {
        GraftCli.Result result = Train("tiny.yaml", "exploded", "train.lr=10", "train.weight_decay=10", "train.epochs=200", "train.bad_step_limit=3", "train.warmup_epochs=0");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("NaN or infinite gradients", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void UnreadablePictures_AreCountedInTraining_AndAnErrorInPrediction()
    {
        string picture = Directory.GetFiles(_folder.At("data", "images", "train"))[0];
        File.WriteAllText(picture, "no picture");
        GraftCli.Result trained = Train("tiny.yaml", "spoiled", "train.epochs=1");
        Assert.Equal(0, trained.ExitCode);
        GraftCli.Result predicted = GraftCli.Run("predict", _folder.At("spoiled"), picture, "--out", _folder.At("out"));
        Assert.Equal(3, predicted.ExitCode);
        Assert.Contains(Path.GetFileName(picture), predicted.Errors, StringComparison.Ordinal);
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    private GraftCli.Result Train(string config, string name, params string[] more)
        => GraftCli.Run(["train", _folder.At(config), "--data", _folder.At("data"), "--work-dir", _folder.At(name), "--threads", "1", "--json", .. more]);

    /// <summary>results.csv without the column of times.</summary>
    private string[] Rows(string run) => [.. File.ReadAllLines(_folder.At(run, "results.csv"))
        .Select(line => line.Split(',')).Select(cells => string.Join(',', cells.Where((_, column) => column != 1)))];
}
