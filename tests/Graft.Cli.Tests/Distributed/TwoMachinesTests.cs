using System.Diagnostics;
using System.Text.Json.Nodes;
using Graft.Files;

namespace Graft.Cli.Tests;

/// <summary>Training on two machines that only the network joins: the same result as on one, and what happens when one of them is lost.</summary>
public sealed class TwoMachinesTests(TwoMachinesTests.Fixture data) : IClassFixture<TwoMachinesTests.Fixture>
{
    private const string Message = "graft: ";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly TinyData _data = data.Data;

    [TwoMachinesFact]
    public void TwoRanks_GiveTheSameResultAsOneProcess()
    {
        // Adapters, three epochs; and one step of every weight, whose batch statistics are synchronised.
        (string Config, string[] Settings, double Tolerance)[] cases = [("lora.yaml", ["epochs=3"], 1e-5), ("plain.yaml", ["epochs=1", "batch=8", "imgsz=128"], 1e-5)];
        foreach ((string config, string[] settings, double tolerance) in cases)
        {
            GraftCli.Run([.. Command(config, "one"), .. settings, "--overwrite"]).Succeeds();
            using (TwoMachines machines = new())
            {
                string[] together = [.. Command(config, "two"), .. settings, "--overwrite", "--json"];
                using RunningCli other = machines.Begin(1, 2, together), leader = machines.Begin(0, 2, together);
                GraftCli.Result result = leader.Finish().Succeeds();
                Assert.Equal(2, result.Json.GetProperty("ranks").GetProperty("count").GetInt32());
                GraftCli.Result silent = other.Finish().Succeeds();
                Assert.Equal("", silent.Output + silent.Errors);
            }

            (double moved, double apart) = Compare(_data.At("one"), _data.At("two"), _data.At("base"));
            Assert.True(moved > 1e-3, $"{config}: training moved the weights by {moved} only");
            Assert.True(apart < tolerance, $"{config}: the weights differ by {apart}, after moving by {moved}");
            Assert.Equal(Losses("one"), Losses("two"), (one, two) => Math.Abs(one - two) <= 1e-4 * Math.Max(Math.Abs(one), 1e-3));
        }
    }

    [TwoMachinesFact]
    public void ARankThatDies_StopsTheOther_AndTheRunContinuesOnOneRankAndOnThree()
    {
        GraftCli.Run([.. Command("lora.yaml", "whole"), "epochs=4"]).Succeeds();
        using (TwoMachines machines = new())
        {
            string[] words = [.. Command("lora.yaml", "parts"), "epochs=4", "workers=0"];
            using RunningCli other = machines.Begin(1, 2, words), leader = machines.Begin(0, 2, words);
            leader.WaitUntil(output => output.Contains("epoch   2/4", StringComparison.Ordinal));
            other.Signal("KILL");
            Stopwatch watch = Stopwatch.StartNew();
            GraftCli.Result result = leader.Finish();
            Assert.True(watch.Elapsed < Limit, $"the other rank went on for {watch.Elapsed}");
            result.Fails(1, $"rank 1 ({Environment.MachineName}, process {other.Id})", "--resume");
        }

        foreach (int ranks in new[] { 1, 3 })
        {
            string copy = _data.At($"copy{ranks}");
            Copy(_data.At("parts"), copy);
            GraftCli.Run(["launch", "--nproc", $"{ranks}", "--", "train", "--resume", copy]).Succeeds();
            (double moved, double apart) = Compare(_data.At("whole"), copy, _data.At("base"));
            Assert.True(moved > 1e-3 && apart < 1e-5, $"on {ranks} ranks the weights differ by {apart}, after moving by {moved}");
        }
    }

    [TwoMachinesFact]
    public void ALostLink_StopsBothSides_WithOneMessageEach()
    {
        using TwoMachines machines = new();
        // Synchronised norms wait for the network inside the passes, where no exception can be thrown for minutes.
        string[] words = [.. Command("plain.yaml", "lost"), "epochs=1000"];
        using RunningCli other = machines.Begin(1, 2, words), leader = machines.Begin(0, 2, words);
        leader.WaitUntil(output => output.Contains("epoch   2/1000", StringComparison.Ordinal));
        machines.Disconnect();
        Stopwatch watch = Stopwatch.StartNew();
        GraftCli.Result result = leader.Finish(), lost = other.Finish();
        Assert.True(watch.Elapsed < Limit, $"the ranks went on for {watch.Elapsed}");
        result.Fails(1, "rank 1 (");
        lost.Fails(1, "rank 0 (");
        Assert.True(File.Exists(_data.At("lost", "weights", "resume.safetensors")));
    }

    [TwoMachinesFact]
    public void RanksThatDisagree_AreRefused_WithTheDifference()
    {
        using TwoMachines machines = new();
        string[] words = Command("lora.yaml", "refused");
        string[][] others = [[.. words, "lr0=0.02"], [.. words.Select(word => word == _data.Root ? OtherData() : word)]];
        string[][] differences = [["train.lr 0.1 -> 0.02"], ["training split 8 images, ", " boxes -> 7 images, "]];
        foreach ((string[] different, string[] expected) in others.Zip(differences))
        {
            using RunningCli other = machines.Begin(1, 2, different), leader = machines.Begin(0, 2, words);
            leader.Finish().Fails(6, ["rank 1 (", .. expected]);
            GraftCli.Result silent = other.Finish().Ends(6);
            Assert.DoesNotContain(Message, silent.Errors, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(_data.At("refused")));
    }

    /// <summary>The same data without one of its images.</summary>
    private string OtherData()
    {
        string other = _data.At("other");
        Copy(_data.Root, other);
        string annotations = Path.Combine(other, "annotations", "train.json");
        JsonNode file = JsonNode.Parse(File.ReadAllText(annotations))!;
        long id = (long)file["images"]![0]!["id"]!;
        file["images"]!.AsArray().RemoveAt(0);
        file["annotations"]!.AsArray().RemoveAll(one => (long)one!["image_id"]! == id);
        File.WriteAllText(annotations, file.ToJsonString());
        return other;
    }

    private string[] Command(string config, string run) => ["train", _data.At(config), "--data", _data.Root, "--base", _data.At("base"), "--work-dir", _data.At(run)];

    private double[] Losses(string run) => [.. File.ReadLines(_data.At(run, "results.csv")).Skip(1).SelectMany(line => line.Split(',')[2..5]).Select(NumberText.Real).Select(value => value!.Value)];

    /// <summary>The largest movement of a weight by training, and the largest difference between two runs.</summary>
    private static (double Moved, double Apart) Compare(string one, string two, string start)
    {
        using WeightFile first = WeightFile.Open(Path.Combine(one, "weights", "resume.safetensors")), second = WeightFile.Open(Path.Combine(two, "weights", "resume.safetensors"));
        using WeightFile before = WeightFile.Open(Path.Combine(start, "weights", "last.safetensors"));
        double moved = 0, apart = 0;
        foreach (string name in first.Entries.Where(entry => entry.Name.StartsWith("model/", StringComparison.Ordinal) && entry.DType == ElementType.Float32).Select(entry => entry.Name))
        {
            float[] a = first[name].ToSingles(), b = second[name].ToSingles();
            apart = Math.Max(apart, a.Zip(b, (x, y) => Math.Abs(x - y)).DefaultIfEmpty().Max());
            float[] earlier = before.TryGet(name["model/".Length..])?.ToSingles() ?? new float[a.Length];      // an adapter's last layer starts at zero
            moved = name.EndsWith("up_proj.weight", StringComparison.Ordinal) || before.TryGet(name["model/".Length..]) is not null
                ? Math.Max(moved, a.Zip(earlier, (x, y) => Math.Abs(x - y)).DefaultIfEmpty().Max()) : moved;
        }

        return (moved, apart);
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Data, configurations and a base, made once.</summary>
    public sealed class Fixture : IDisposable
    {
        public Fixture()
        {
            Data.Write("plain.yaml", """
                _base_: tiny.yaml
                train: {batch: 4, optimizer: sgd, lr: 0.01}
                """);
            Data.Write("lora.yaml", """
                _base_: plain.yaml
                train: {lr: 0.1}
                tuning:
                  adapters:
                    - {kind: rep_mona, at: "neck.**", rank: 4}
                    - {kind: moe_rep_mona_v2, at: "head.**", rank: 4}
                """);
            Data.Train("tiny.yaml", "base", "epochs=1").Succeeds();
        }

        internal TinyData Data { get; } = new();

        public void Dispose() => Data.Dispose();
    }
}
