using System.Text.Json;
using System.Text.Json.Nodes;
using Graft.Cli.Tests.BadInput;
using Graft.Files;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft train: what a run writes, what it refuses, what an adapter may change.</summary>
public sealed class TrainCommandTests(TinyRun run) : IClassFixture<TinyRun>
{
    private TinyData Data => run.Data;

    [Fact]
    public void RunFolder_HoldsWhatUltralyticsUsersExpect()
    {
        foreach (string name in new[]
        {
            "weights/best.safetensors", "weights/last.safetensors", "weights/resume.safetensors", "args.yaml", "results.csv", "results.png",
            "labels.jpg", "BoxPR_curve.png", "val_batch0_labels.jpg", "val_batch0_pred.jpg",
        })
        {
            Assert.True(new FileInfo(Path.Combine(run.Folder, name)) is { Exists: true, Length: > 0 }, $"{name} is missing.");
        }

        ResultsTable results = ResultsTable.Read(Path.Combine(run.Folder, "results.csv"));
        foreach (string head in new[] { "epoch", "time", "train/box_loss", "train/cls_loss", "train/dfl_loss", "metrics/mAP50(B)", "metrics/mAP50-95(B)", "lr/pg0" })
        {
            Assert.Equal(2, results.Column(head).Length);
        }

        foreach (string head in new[] { "train/box_loss", "train/cls_loss", "train/dfl_loss", "val/box_loss", "val/cls_loss", "val/dfl_loss" })
        {
            Assert.All(results.Numbers(head), loss => Assert.True(double.IsFinite(loss) && loss > 0, $"{head} is {loss}"));
        }
    }

    [Fact]
    public void FolderWithARun_IsRefused_AndReplacedWhenAsked()
    {
        Assert.Contains("8 training images, ", run.Result.Errors, StringComparison.Ordinal);
        Assert.Contains("training from scratch on so few images", run.Result.Errors, StringComparison.Ordinal);
        byte[] before = File.ReadAllBytes(run.Best);
        Data.Train("tiny.yaml", "base", "train.epochs=1").Fails(6, run.Folder, "--resume", "--overwrite");
        Data.Train("tiny.yaml", "base", "train.epochs=1", "--overwrite", "--base", run.Folder).Fails(6, "would delete the base");
        Assert.Equal(before, File.ReadAllBytes(run.Best));

        string notes = Data.Write("over/notes.txt", "mine");
        Data.Train("tiny.yaml", "over", "train.epochs=1", "train.save_period=1").Succeeds();
        GraftCli.Result again = Data.Train("tiny.yaml", "over", "train.epochs=1", "--overwrite").Succeeds();
        Assert.Contains(Data.At("over", "weights", "best.safetensors"), again.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Data.At("over", "weights", "epoch1.safetensors")));
        Graft.Runs.RunFolder.At(Data.At("over")).Clear();
        Assert.Equal([notes], Directory.GetFiles(Data.At("over"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Json_HoldsWhatScriptsRead()
    {
        JsonElement found = run.Result.Json;
        Assert.Equal(run.Folder, found.GetProperty("run").GetString());
        Assert.Equal("finished", found.GetProperty("end").GetString());
        Assert.InRange(found.GetProperty("best").GetProperty("map50").GetDouble(), 0, 1);
        Assert.InRange(found.GetProperty("best").GetProperty("map").GetDouble(), 0, 1);
        Assert.True(found.GetProperty("images_per_second").GetDouble() > 0);
        Assert.True(found.GetProperty("peak_memory_mb").GetDouble() > 10);
        Assert.Equal(found.GetProperty("total").GetInt64(), found.GetProperty("trainable").GetInt64());
        Assert.Equal(0, found.GetProperty("skipped_steps").GetInt64());
    }

    [Fact]
    public void Report_ShowsTheBestEpoch_AlsoWhenItWasBeforeAResume()
    {
        // An untrained network predicts boxes as large as these small images; a rate of 10 spoils even these.
        SpoiledData whole = new SpoiledData(Data, "whole").Change(json =>
        {
            foreach (JsonNode? annotation in json["annotations"]!.AsArray())
            {
                JsonNode image = json["images"]!.AsArray().Single(one => one!["id"]!.GetValue<int>() == annotation!["image_id"]!.GetValue<int>())!;
                annotation!["bbox"] = new JsonArray(0, 0, image["width"]!.GetValue<int>(), image["height"]!.GetValue<int>());
            }
        });
        double best = Map50(whole.Train("data.val=annotations/train.json", "data.val_images=images/train", "train.lr=1e-6", "--json").Succeeds());
        Assert.InRange(best, 0.1, 1);
        double again = Map50(GraftCli.Run("train", "--resume", whole.Run, "train.epochs=2", "train.lr=10", "train.warmup_epochs=0", "--json").Succeeds());
        Assert.Equal(best, again);
        Assert.True(ResultsTable.Read(Path.Combine(whole.Run, "results.csv")).Numbers("metrics/mAP50(B)")[^1] < best);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(Path.Combine(whole.Run, "report.json")));
        Assert.Equal(best, report.RootElement.GetProperty("scores").GetProperty("map50").GetDouble(), 9);

        static double Map50(GraftCli.Result result) => result.Json.GetProperty("best").GetProperty("map50").GetDouble();
    }

    [Fact]
    public void SameSeed_GivesTheSameWeights_AndAnotherSeedOthers()
    {
        Data.Train("tiny.yaml", "again", "--quiet").Succeeds();
        Assert.Equal(File.ReadAllBytes(run.Best), File.ReadAllBytes(Data.At("again", "weights", "best.safetensors")));
        Data.Train("tiny.yaml", "other", "--seed", "5").Succeeds();
        Assert.NotEqual(Values(run.Best)["backbone.image_model.stem.conv.weight"], Values(Data.At("other", "weights", "best.safetensors"))["backbone.image_model.stem.conv.weight"]);
    }

    [Fact]
    public void AdapterRun_ChangesOnlyTheAdapter()
    {
        GraftCli.Result adapted = Data.Train("adapt.yaml", "adapted", "--base", run.Folder, "--json").Succeeds();
        Assert.Equal(adapted.Json.GetProperty("trainable").GetInt64(), adapted.Json.GetProperty("total").GetInt64() - run.Result.Json.GetProperty("total").GetInt64());

        Dictionary<string, float[]> before = Values(run.Best), after = Values(Data.At("adapted", "weights", "last.safetensors"));
        Assert.All(before, entry => Assert.Equal(entry.Value, after[entry.Key]));     // statistics of the frozen norms too
        string[] added = [.. after.Keys.Except(before.Keys)];
        Assert.NotEmpty(added);
        Assert.All(added, name => Assert.Contains("adapter", name, StringComparison.Ordinal));

        Dictionary<string, float[]> alone = Values(Data.At("adapted", "weights", "adapter.safetensors"));
        Assert.True(new FileInfo(Data.At("adapted", "weights", "adapter.safetensors")).Length < new FileInfo(run.Best).Length / 4);
        Assert.Equal(added.Length, alone.Keys.Intersect(added).Count());
    }

    [Fact]
    public void Experts_AreCountedInEachEpoch()
    {
        Data.Write("experts.yaml", """
            _base_: tiny.yaml
            tuning:
              adapters:
                - {kind: moe_rep_mona_v2, at: "neck.out.*", rank: 4, kernel_sizes: [3, 5, 7], top_k: 2}
            """);
        Data.Train("experts.yaml", "experts", "--base", run.Folder).Succeeds();
        string[] lines = File.ReadAllLines(Data.At("experts", "experts.csv"));
        Assert.Equal("epoch,adapter,kernel,choices,share", lines[0]);
        string[][] cells = [.. lines.Skip(1).Select(line => line.Split(','))];
        Assert.Equal(2 * 3 * 3, cells.Length);                                     // epochs, sites, experts
        Assert.All(cells.GroupBy(row => (row[0], row[1])), one =>
        {
            Assert.Equal(["3x3", "5x5", "7x7"], one.Select(row => row[2]));
            Assert.Equal(8 * 2, one.Sum(row => int.Parse(row[3])));                // images, choices per image
            Assert.Equal(1, one.Sum(row => double.Parse(row[4])), 1e-3);
        });
    }

    [Fact]
    public void AdapterWithoutABase_IsRefused()
    {
        Data.Train("adapt.yaml", "baseless").Fails(2, "no base was given", "--base");
        Assert.False(Directory.Exists(Data.At("baseless")));
    }

    [Fact]
    public void BaseOfAnotherSize_IsRefusedInFewLines_WithTheWholeListWhenAsked()
    {
        GraftCli.Result few = Data.Train("tiny.yaml", "wider", "--base", run.Folder, "model.widen_factor=0.25")
            .Fails(4, "widen 0.125", "widen 0.25", "backbone.image_model.stage1");
        Assert.InRange(few.Errors.Split('\n').Length, 3, 12);
        Data.Train("tiny.yaml", "wider", "--base", run.Folder, "model.widen_factor=0.25", "--verbose")
            .Fails(4, "backbone.image_model.stem.conv.weight", "bbox_head.head_module.reg_preds.2.0.conv.weight");
        Assert.False(Directory.Exists(Data.At("wider")));
    }

    [Fact]
    public void ExplodingGradients_AreSkippedAndCounted_AndStopTheRun()
    {
        // Decay beyond the rate multiplies every weight by -99 a step.
        GraftCli.Result result = Data.Train(
            "tiny.yaml", "exploded", "train.lr=10", "train.weight_decay=10", "train.epochs=100", "train.bad_step_limit=4", "train.warmup_epochs=0", "train.val_interval=100", "train.close_mosaic=0");
        result.Fails(1, "the step is skipped (1 so far)", "the step is skipped (4 so far)", "4 steps in a row had NaN or infinite gradients", "train.lr");
    }

    [Fact]
    public void RateOutOfRange_IsAConfigurationError()
        => Data.Train("tiny.yaml", "absurd", "train.lr=1e9").Fails(2, "train.lr", "1e9", "10");

    private static Dictionary<string, float[]> Values(string path)
    {
        using WeightFile file = WeightFile.Open(path);
        return file.Entries.Where(entry => entry.DType == ElementType.Float32).ToDictionary(entry => entry.Name, entry => entry.ToSingles());
    }
}
