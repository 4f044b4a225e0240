using System.Text.Json;
using System.Text.Json.Nodes;
using Graft.Cli.Tests.BadInput;

namespace Graft.Cli.Tests.Commands;

/// <summary>Stopped runs: by Ctrl+C, by a kill, by lack of progress.</summary>
public sealed class ResumeTests(TinyData data) : IClassFixture<TinyData>
{
    private static readonly string[] LongRun = ["train.epochs=6", "train.batch=1"];

    [Theory]
    [InlineData("all-words")]
    [InlineData("sampled-words", "text.shown=3", "text.negatives=scratch, dent, crack", "text.synonyms=sample")]
    public void InterruptedAndResumed_EqualsNeverStopped(string name, params string[] more)
    {
        string whole = name + "-whole", parts = name + "-parts";
        data.Train("tiny.yaml", whole, [.. LongRun, .. more]).Succeeds();
        using (RunningCli running = GraftCli.Begin(data.Command("tiny.yaml", parts, [.. LongRun, .. more])))
        {
            running.WaitUntil(output => output.Contains("epoch   2/", StringComparison.Ordinal));
            running.Signal("INT");
            GraftCli.Result stopped = running.Finish().Ends(130);
            Assert.Contains($"graft train --resume {data.At(parts)}", stopped.Output, StringComparison.Ordinal);
        }

        Assert.InRange(Rows(parts).Length, 3, 6);    // a heading and at least two epochs, not all six
        GraftCli.Run("train", "--resume", data.At(parts)).Succeeds();
        Assert.Equal(7, Rows(whole).Length);
        Assert.Equal(Rows(whole), Rows(parts));
        Assert.Equal(Weights(whole, "last"), Weights(parts, "last"));
        Assert.Equal(Weights(whole, "best"), Weights(parts, "best"));
        Assert.True(File.Exists(data.At(parts, "results.png")));
    }

    [Fact]
    public void KilledWhileSaving_KeepsThePreviousFilesAndResumes()
    {
        data.Train("tiny.yaml", "unhurt", LongRun).Succeeds();
        using (RunningCli running = GraftCli.Begin(data.Command("tiny.yaml", "killed", LongRun)))
        {
            running.WaitUntil(output => output.Contains("epoch   1/", StringComparison.Ordinal) && File.Exists(data.At("killed", "weights", "resume.safetensors")));
            running.WaitUntil(_ => Directory.EnumerateFiles(data.At("killed", "weights"), "*.partial").Any());
            running.Signal("KILL");
            Assert.NotEqual(0, running.Finish().ExitCode);
        }

        foreach (string name in new[] { "last", "resume" })
        {
            Assert.NotEmpty(GraftCli.Run("inspect", data.At("killed", "weights", name + ".safetensors"), "--json").Succeeds().Json.GetProperty("tensors").EnumerateArray());
        }

        GraftCli.Run("train", "--resume", data.At("killed")).Succeeds();
        Assert.Equal(Weights("unhurt", "last"), Weights("killed", "last"));
        Assert.Equal(Rows("unhurt"), Rows("killed"));
        Assert.Empty(Directory.EnumerateFiles(data.At("killed"), "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public void WithoutProgress_TheRunStopsEarlyAndReportsIt()
    {
        // With a rate of zero the weights stay as they are, and so does mAP.
        GraftCli.Result result = data.Train("tiny.yaml", "patient", "train.lr=0", "train.epochs=9", "train.patience=2", "train.close_mosaic=0", "--json").Succeeds();
        Assert.Equal("patience", result.Json.GetProperty("end").GetString());
        Assert.Equal(3, result.Json.GetProperty("epochs").GetInt32());
        Assert.Contains("has not improved for 2 epochs", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingToResume_IsAUsageError()
    {
        GraftCli.Run("train", "--resume", data.At("nowhere")).Fails(2, "nowhere");
        GraftCli.Run("train", "--resume", "--project", data.At("empty")).Fails(2, "no run to resume");
    }

    [Fact]
    public void ResumeOfAnotherSize_IsRefused()
    {
        data.Train("tiny.yaml", "small", "train.epochs=1").Succeeds();
        JsonElement before = GraftCli.Run("inspect", data.At("small", "weights", "resume.safetensors"), "--json").Json.Clone();
        GraftCli.Run("train", "--resume", data.At("small"), "train.epochs=2", "model.widen_factor=0.25").Fails(4, "of another shape", "stage1");
        Assert.Equal(before.ToString(), GraftCli.Run("inspect", data.At("small", "weights", "resume.safetensors"), "--json").Json.ToString());
        Assert.Contains("widen_factor: 0.125", File.ReadAllText(data.At("small", "args.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_ComparesWithTheRunThatItContinues()
    {
        string run = data.At("compared"), resume = data.At("compared", "weights", "resume.safetensors");
        data.Train("tiny.yaml", "compared", "train.epochs=1").Succeeds();
        byte[] before = File.ReadAllBytes(resume);
        string arguments = File.ReadAllText(data.At("compared", "args.yaml"));
        SpoiledData swapped = new SpoiledData(data, "swapped").Change(json => Swap(json["categories"]!));
        File.Delete(Path.Combine(swapped.Root, "class_texts.json"));
        GraftCli.Run("train", "--resume", run).Fails(2, "the run is finished: 1 of 1 epochs", "epochs=N");
        GraftCli.Run("train", "--resume", run, "epochs=2", "--data", swapped.Root).Fails(6, "was trained on hole, stain; the data has stain, hole");
        GraftCli.Run("train", "--resume", run, "epochs=2", "train.optimizer=sgd").Fails(6, "a resume cannot change train.optimizer");
        Assert.Equal(before, File.ReadAllBytes(resume));
        Assert.Equal(arguments, File.ReadAllText(data.At("compared", "args.yaml")));

        string said = GraftCli.Run("train", data.At("tiny.yaml"), "--resume", run, "epochs=2", "batch=1").Succeeds().Errors;
        foreach (string note in new[] { "tiny.yaml is not read", "train.batch 2 -> 1: the result does not equal", "train.epochs 1 -> 2" })
        {
            Assert.Contains(note, said, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("split", said, StringComparison.Ordinal);
        File.Delete(resume);
        GraftCli.Run("train", "--resume", run, "epochs=3").Fails(4, resume);

        static void Swap(JsonNode categories)
            => (categories[0]!["name"], categories[1]!["name"]) = (categories[1]!["name"]!.DeepClone(), categories[0]!["name"]!.DeepClone());
    }

    [Fact]
    public void FolderOfARunningTraining_IsRefused()
    {
        using RunningCli running = GraftCli.Begin(data.Command("tiny.yaml", "busy", "train.epochs=1000", "train.close_mosaic=0"));
        running.WaitUntil(output => output.Contains("epoch   1/", StringComparison.Ordinal));
        data.Train("tiny.yaml", "busy", "--overwrite").Fails(6, data.At("busy"), "in use by process");
        GraftCli.Run("train", "--resume", data.At("busy")).Fails(6, data.At("busy"), "in use by process");
    }

    private byte[] Weights(string run, string name) => File.ReadAllBytes(data.At(run, "weights", name + ".safetensors"));

    /// <summary>results.csv without the column of times.</summary>
    private string[] Rows(string run) => ResultsTable.Read(data.At(run, "results.csv")).Without("time");
}
