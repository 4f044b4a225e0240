using Graft.Reports.TensorBoard;

namespace Graft.Cli.Tests.Commands;

/// <summary>Event files, read by a reader that shares nothing with their writer.</summary>
public sealed class TensorBoardTests(TinyRun run) : IClassFixture<TinyRun>
{
    [Fact]
    public void ARun_WritesWhatItsTablesHold()
    {
        (string version, long? start, List<EventReader.Entry> entries) = EventReader.Read(Assert.Single(Events(run.Folder)));
        Assert.Equal(("brain.Event:2", (long?)null), (version, start));
        double[] written = ResultsTable.Read(Path.Combine(run.Folder, "results.csv")).Numbers("metrics/mAP50(B)");
        EventReader.Entry[] scores = [.. entries.Where(entry => entry.Tag == "metrics/mAP50(B)")];
        Assert.Equal(written.Length, scores.Length);
        Assert.All(scores.Zip(written), pair => Assert.Equal(pair.Second, pair.First.Scalar!.Value, 1e-5));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], entries.Where(entry => entry.Tag == "train/box_loss").Select(entry => entry.Step));
        Assert.Contains(entries, entry => entry.Tag.StartsWith("lr/group0", StringComparison.Ordinal) && entry.Scalar > 0);
        Assert.Contains(entries, entry => entry.Tag == "val/box_loss" && entry.Step == 4);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(run.Folder, "val_batch0_pred.jpg")), Assert.Single(entries, entry => entry.Tag == "val_batch0_pred").Image);
    }

    [Fact]
    public void Adapters_HaveHistograms_AndRoutersTheirShares()
    {
        run.Data.Write("moe.yaml", "_base_: tiny.yaml\ntuning:\n  adapters:\n    - {kind: moe_rep_mona, at: \"neck.top_down.0\", rank: 4}\n");
        run.Data.Train("moe.yaml", "moe", "--base", run.Folder).Succeeds();
        List<EventReader.Entry> entries = EventReader.Read(Assert.Single(Events(run.Data.At("moe")))).Entries;
        EventReader.Entry[] histograms = [.. entries.Where(entry => entry.Histogram is not null)];
        Assert.NotEmpty(histograms);
        Assert.All(histograms, entry =>
        {
            (double min, double max, double num, double[] limits, double[] counts) = entry.Histogram!.Value;
            Assert.StartsWith("adapters/neck.top_down.0/", entry.Tag, StringComparison.Ordinal);
            Assert.Equal(num, counts.Sum());
            Assert.Equal(limits.Length, counts.Length);
            Assert.True(min <= max && limits[^1] >= max);
        });
        EventReader.Entry[] experts = [.. entries.Where(entry => entry.Tag.StartsWith("experts/", StringComparison.Ordinal))];
        Assert.All(experts.GroupBy(entry => entry.Step), epoch => Assert.Equal(1, epoch.Sum(entry => entry.Scalar!.Value), 1e-5));
        Assert.Equal(2, experts.Select(entry => entry.Step).Distinct().Count());
    }

    [Fact]
    public void AResumedRun_SaysWhereItContinues_AndOneOptionTurnsItOff()
    {
        using (RunningCli running = GraftCli.Begin(run.Data.Command("tiny.yaml", "resumed", "train.epochs=6", "train.batch=1")))
        {
            running.WaitUntil(output => output.Contains("epoch   2/", StringComparison.Ordinal));
            running.Signal("INT");
            running.Finish().Ends(130);
        }

        GraftCli.Run("train", "--resume", run.Data.At("resumed")).Succeeds();
        (string Version, long? Start, List<EventReader.Entry> Entries)[] files = [.. Events(run.Data.At("resumed")).Select(EventReader.Read).OrderBy(file => file.Start ?? 0)];
        Assert.Equal(2, files.Length);
        Assert.Null(files[0].Start);
        long[] steps = [.. files[1].Entries.Where(entry => entry.Tag == "train/cls_loss").Select(entry => entry.Step)];
        Assert.Equal((files[1].Start + 1, 48L), (steps[0], steps[^1]));

        run.Data.Train("tiny.yaml", "silent", "train.tensorboard=false", "train.epochs=1").Succeeds();
        Assert.Empty(Events(run.Data.At("silent")));
        run.Data.Train("tiny.yaml", "resumed", "--overwrite", "train.epochs=1").Succeeds();
        Assert.Single(Events(run.Data.At("resumed")));
    }

    [Fact]
    public void ValuesThatAreNotNumbers_AreLeftOut()
    {
        using TemporaryFolder folder = new();
        string path;
        using (EventFile file = EventFile.Create(folder.Path, _ => { }))
        {
            path = file.Path;
            file.Scalars(1, [("a", double.NaN), ("b", 2)]);
            file.Histogram(1, "h", [double.NaN, 1, 1]);
            file.Histogram(2, "h", []);
        }

        List<EventReader.Entry> entries = EventReader.Read(path).Entries;
        Assert.Equal(["b", "h"], entries.Select(entry => entry.Tag));
        Assert.Equal(2, entries[1].Histogram!.Value.Counts.Sum());
    }

    private static string[] Events(string folder) => Directory.GetFiles(folder, "events.out.tfevents.*");
}
