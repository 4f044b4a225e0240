using Graft.Adapters;
using Graft.Detectors;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Optimizers;

namespace Graft.Tests.Adapters;

/// <summary>Every strategy file on a narrow model: a few steps on one batch, with everything that a run does in a step.</summary>
public class StrategyTrainingTests
{
    private const int Steps = 12;

    public static TheoryData<string> Names
    {
        get
        {
            string folder = Path.Combine(StrategyTests.ConfigFolder, "adapter");
            IEnumerable<string> files = Directory.EnumerateFiles(folder, "phase*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)!);
            return [.. files.Order(), "selective_finetuning_v1"];
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Strategy_LowersTheLossAndChangesOnlyTrainableWeights(string name)
    {
        using TensorScope all = TensorScope.Begin();
        TorchRuntime.Seed(3);
        RunConfig config = StrategyTests.Read(name);
        using YoloWorld model = new(new YoloWorldOptions { WidenFactor = 0.125, DeepenFactor = 0.33, TextDim = 32, NumClasses = 2 });
        using YoloWorldDetector plain = new(model, Vocabulary.StandIn(["spur", "dent"], 32));
        AttachedAdapters attached = Tuning.Plan(plain, config.Tuning!, config.Train.DecayNorms).Apply();
        AdaptedDetector detector = new(plain, attached);
        Liveness liveness = new(attached, patience: Steps);
        using AdamW optimizer = new(attached.Groups);
        HashSet<string> changing = [.. attached.Changes().Select(change => change.Name)];
        Dictionary<string, double[]> before = model.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value.ToDoubles());
        Tensor images = Tensor.Rand(2, 3, 128, 128);
        Targets targets = new(2, [new(0, 0, 10, 10, 60, 50), new(0, 1, 20, 70, 120, 125), new(1, 1, 5, 30, 100, 110)]);
        List<double> losses = [];
        model.Train();
        for (int step = 0; step < Steps; step++)
        {
            using TensorScope scope = TensorScope.Begin();
            Losses loss = detector.ComputeLoss(images, targets);
            loss.Total.Backward();
            liveness.Observe();
            optimizer.Step(5e-3, 0.01, 1 / Math.Max(1, optimizer.GradientNorm() / 10));
            optimizer.ZeroGrad();
            losses.Add(loss.Total.ToDouble());
            Assert.Equal(name.EndsWith("moe_mona_v2", StringComparison.Ordinal), loss.Items.Any(item => item.Name == "balance_loss"));
        }

        // The median: a step in which the assignment changes may have a loss several times as large.
        double late = losses.TakeLast(Steps / 2).Order().ElementAt(Steps / 4);
        Assert.True(late < losses[0], string.Join(" ", losses.Select(loss => $"{loss:f3}")));
        IEnumerable<string> moved = model.StateDict().Where(entry => !entry.Value.ToDoubles().SequenceEqual(before[entry.Name]))
            .Select(entry => entry.Name);
        Assert.Empty(moved.Except(changing));
        // A box branch learns only if an object is assigned to its level; every other site gets a gradient in each step.
        ILookup<bool, PlannedAdapter> boxes = attached.Adapters.ToLookup(planned => planned.Site.Name.StartsWith("head.reg."));
        Assert.All(boxes[false], planned => Assert.False(planned.Adapter.IsInert));
        Assert.True(!boxes[true].Any() || boxes[true].Any(planned => !planned.Adapter.IsInert));
    }
}
