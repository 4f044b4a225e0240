namespace Graft.Cli.Tests.Commands;

/// <summary>Trainings that keep what the frozen part gives.</summary>
public sealed class FeatureCacheTests(TinyRun run) : IClassFixture<TinyRun>
{
    private static readonly string[] Long = ["train.epochs=6", "train.views=2"];

    [Fact]
    public void MemoryDiskAndSharedFile_GiveTheSameRun_AndInterruptionChangesNothing()
    {
        string shared = run.Data.At("shared-features"), folder = $"train.feature_cache_dir={shared}";
        GraftCli.Result memory = Train("memory", "train.feature_cache=memory").Succeeds();
        Assert.Contains("What the backbone gives is kept in memory: 2 views of 8 images", memory.Errors, StringComparison.Ordinal);
        Train("disk", "train.feature_cache=disk").Succeeds();
        Assert.False(Directory.Exists(run.Data.At("disk", "features")));
        AssertSame("memory", "disk");

        using (RunningCli running = GraftCli.Begin(Command("stopped", "train.feature_cache=disk", folder)))
        {
            running.WaitUntil(output => output.Contains("epoch   2/", StringComparison.Ordinal));
            running.Signal("INT");
            running.Finish().Ends(130);
        }

        string file = Assert.Single(Directory.GetFiles(shared));
        GraftCli.Run("train", "--resume", run.Data.At("stopped")).Succeeds();
        AssertSame("memory", "stopped");

        Train("again", "train.feature_cache=disk", folder).Succeeds();
        Assert.Equal(file, Assert.Single(Directory.GetFiles(shared)));
        AssertSame("memory", "again");

        Damage(file);
        GraftCli.Result damaged = Train("damaged", "train.feature_cache=disk", folder).Succeeds();
        Assert.Contains("computed again", damaged.Errors, StringComparison.Ordinal);
        AssertSame("memory", "damaged");

        Train("other-seed", "train.feature_cache=disk", folder, "train.seed=9").Succeeds();
        Assert.Equal(2, Directory.GetFiles(shared).Length);
    }

    [Fact]
    public void InFloat32_TheResultIsThatOfTheSameViewsWithoutACache()
    {
        Train("plain").Succeeds();
        Train("kept", "train.feature_cache=memory", "train.feature_cache_type=float32").Succeeds();
        double[] plain = Losses("plain"), kept = Losses("kept");
        Assert.All(plain.Zip(kept), pair => Assert.Equal(pair.First, pair.Second, 0.01 * pair.First));
    }

    [Fact]
    public void TheNumberOfViews_IsRecorded()
    {
        run.Data.Train("adapt.yaml", "counted", "--base", run.Folder, "train.epochs=6", "train.feature_cache=memory").Succeeds();
        Assert.Contains("views: 2", File.ReadAllText(run.Data.At("counted", "args.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void FullTraining_HasNothingToKeep()
        => run.Data.Train("tiny.yaml", "nothing", "train.feature_cache=memory").Fails(2, "the backbone is trained", "train.feature_cache=off");

    [Fact]
    public void AFolderThatCannotBe_IsNamed()
        => Train("nowhere", "train.feature_cache=disk", $"train.feature_cache_dir={run.Data.At("tiny.yaml")}").Fails(1, "tiny.yaml", "train.feature_cache_dir");

    private GraftCli.Result Train(string name, params string[] more) => GraftCli.Run(Command(name, more));

    private string[] Command(string name, params string[] more) => run.Data.Command("adapt.yaml", name, [.. Long, "--base", run.Folder, .. more]);

    private void AssertSame(string one, string other)
    {
        Assert.Equal(Rows(one), Rows(other));
        Assert.Equal(
            File.ReadAllBytes(run.Data.At(one, "weights", "adapter.safetensors")), File.ReadAllBytes(run.Data.At(other, "weights", "adapter.safetensors")));
    }

    /// <summary>The lines of a run's results without their time.</summary>
    private string[] Rows(string name) => ResultsTable.Read(run.Data.At(name, "results.csv")).Without("time");

    /// <summary>The training losses of the last epoch.</summary>
    private double[] Losses(string name) => [.. Rows(name)[^1].Split(',').Skip(1).Take(3).Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];

    private static void Damage(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 64;
        File.WriteAllBytes(file, bytes);
    }
}
