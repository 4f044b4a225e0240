using Graft.Runs;
using Graft.Training;

namespace Graft.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private static readonly TrainOptions Sgd = FakeRun.Options with { Epochs = 1, Optimizer = OptimizerKind.Sgd, Momentum = 0 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reports_ReadAsText()
    {
        (string, double)[] losses = [("box", 1.2036), ("cls", 0.981)];
        Assert.Equal("epoch 3, step 12/48: box 1.204, cls 0.981; 17.5 images/s", new StepReport(2, 12, 48, losses, 0.001, 17.46, 2).ToString());
        Assert.Equal("epoch 3: box 1.204, cls 0.981", new EpochReport(2, losses, null, [], 0.001, 5, false).ToString());
    }

    [Fact]
    public void Patience_CountsFromTheEpochInWhichMapLastRose()
    {
        using FakeRun run = Run(FakeRun.Options with { Epochs = 9, Patience = 2 }, 0.1, 0.2, 0.15, 0.2);
        Assert.Equal(TrainingEnd.Patience, run.Go());
        Assert.Equal((4, 3, 1), (run.State.Epoch, run.State.BestEpoch, run.State.RisenEpoch));
        Assert.Equal("mAP has not improved for 2 epochs (best 0.2000 in epoch 4); stopping.", Assert.Single(run.Notes));
    }

    [Fact]
    public void WhenAllScoresTie_TheLastEpochIsBest()
    {
        using FakeRun run = Run(FakeRun.Options, 0, 0, 0, 0);
        Assert.Equal(TrainingEnd.Finished, run.Go());
        Assert.Equal((3, 0, 0.0), (run.State.BestEpoch, run.State.RisenEpoch, run.State.BestMap));
        Assert.Equal([true, true, true, true], run.Saves);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void UndefinedMap_IsNeverBest_AndPatienceDoesNotCount(double undefined)
    {
        using FakeRun run = Run(FakeRun.Options with { Patience = 1 }, undefined, undefined, undefined, undefined);
        Assert.Equal(TrainingEnd.Finished, run.Go());
        Assert.False(run.State.Measured);
        Assert.DoesNotContain(true, run.Saves);
        Assert.DoesNotContain(run.Epochs, epoch => epoch.IsBest);
        Assert.Empty(run.Notes);
    }

    [Fact]
    public void EpochsBeforeTheFirstMeasured_DoNotCountForPatience()
    {
        using FakeRun run = Run(FakeRun.Options with { Epochs = 9, Patience = 2 }, -1, -1, -1, 0.3, -1, -1);
        Assert.Equal(TrainingEnd.Patience, run.Go());
        Assert.Equal((6, 3), (run.State.Epoch, run.State.BestEpoch));
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(0.5, 0.5)]
    public void Gradients_AreClippedToTheirNorm(double limit, double expected)
    {
        using FakeRun run = new(_folder, Sgd with { ClipNorm = limit }, new FakeDetector { Gain = 1000 }, 0) { StopAfter = 1 };
        double[] before = run.Detector.Weights;
        run.Go();
        Assert.Equal(expected * Sgd.Lr, Distance(before, run.Detector.Weights), 1e-5);
    }

    [Fact]
    public void GradientsBelowTheLimit_AreNotClipped()
    {
        using FakeRun wide = new(_folder, Sgd with { ClipNorm = 1e6 }, new FakeDetector(), 0), without = new(_folder, Sgd with { ClipNorm = 0 }, new FakeDetector(), 0);
        wide.Go();
        without.Go();
        Assert.Equal(without.Detector.Weights, wide.Detector.Weights);
    }

    [Fact]
    public void BadSteps_AreSkippedCountedAndExcludedFromTheMean()
    {
        using FakeRun run = new(_folder, Sgd, new FakeDetector { Bad = [1, 2] }, 0.5) { File = _folder.At("resume.safetensors") };
        List<double[]> after = [];
        run.Trainer.AfterBackward = _ => after.Add(run.Detector.Weights);
        Assert.Equal(TrainingEnd.Finished, run.Go());
        Assert.Equal((2L, 0, 2L), (run.State.BadSteps, run.State.BadStepsInARow, run.Trainer.Optimizer.Steps));
        Assert.Equal(2, after.Count);                                   // skipped steps do not call it
        Assert.All(run.Detector.Weights, weight => Assert.True(double.IsFinite(weight)));
        Assert.True(double.IsFinite(Assert.Single(Assert.Single(run.Epochs).Losses).Value));
        Assert.Equal("Step 1: the gradient norm is NaN; the step is skipped (1 so far).", run.Notes[0]);
    }

    [Fact]
    public void InterruptionAfterABadStep_IsSaved()
    {
        using FakeRun run = new(_folder, Sgd, new FakeDetector { Bad = [1] }, 0) { StopAfter = 2, File = _folder.At("resume.safetensors") };
        Assert.Equal(TrainingEnd.Interrupted, run.Go());
        Assert.True(File.Exists(run.File));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TooManyBadStepsInARow_StopTheRun(bool measured)
    {
        int first = measured ? FakeRun.StepsPerEpoch : 0;
        FakeDetector detector = new() { Bad = [.. Enumerable.Range(first, 3)] };
        using FakeRun run = new(_folder, FakeRun.Options with { BadStepLimit = 3 }, detector, 0.25);
        GraftException stopped = Assert.Throws<GraftException>(() => run.Go());
        Assert.Equal(Failure.Runtime, stopped.Failure);
        Assert.StartsWith("3 steps in a row had NaN or infinite gradients", stopped.Message, StringComparison.Ordinal);
        Assert.Equal(measured, stopped.Message.EndsWith("Best so far: mAP 0.2500 in epoch 1.", StringComparison.Ordinal));
        Assert.Equal(measured, stopped.Message.Contains("Best", StringComparison.Ordinal));
    }

    [Fact]
    public void Interruption_SavesTheCurrentStep()
    {
        using FakeRun run = new(_folder, FakeRun.Options, new FakeDetector(), 0.1, 0.2) { StopAfter = FakeRun.StepsPerEpoch + 2 };
        Assert.Equal(TrainingEnd.Interrupted, run.Go());
        Assert.Equal([true, false], run.Saves);
        Assert.Equal((1, 2), (run.State.Epoch, run.State.StepInEpoch));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(FakeRun.StepsPerEpoch)]
    [InlineData(FakeRun.StepsPerEpoch + 2)]
    [InlineData(3 * FakeRun.StepsPerEpoch)]
    public void Resumed_IsAsIfItHadNeverStopped(int stopAfter)
    {
        double[] maps = [0.1, 0.3, 0.2, 0.3];
        using FakeRun whole = Run(FakeRun.Options, maps);
        Assert.Equal(TrainingEnd.Finished, whole.Go());

        string file = _folder.At("resume.safetensors");
        int done = (stopAfter - 1) / FakeRun.StepsPerEpoch;
        using FakeRun stopped = new(_folder, FakeRun.Options, new FakeDetector(), maps) { StopAfter = stopAfter, File = file };
        Assert.Equal(TrainingEnd.Interrupted, stopped.Go());
        Assert.Equal(done, stopped.Epochs.Count);
        using FakeRun resumed = Run(FakeRun.Options, maps[done..]);
        ResumeFile.Read(file, resumed.Trainer, resumed.Detector.Network);
        Assert.Equal(TrainingEnd.Finished, resumed.Go());

        Assert.Equal(whole.Detector.Weights, resumed.Detector.Weights);
        Assert.Equal(
            whole.Trainer.Average.State().Concat(whole.Trainer.Optimizer.State()).Select(entry => entry.Value.ToDoubles()),
            resumed.Trainer.Average.State().Concat(resumed.Trainer.Optimizer.State()).Select(entry => entry.Value.ToDoubles()));
        Assert.Equal(whole.Epochs.SelectMany(epoch => epoch.Losses), stopped.Epochs.Concat(resumed.Epochs).SelectMany(epoch => epoch.Losses));
        Assert.Equal(whole.Epochs.Select(epoch => (epoch.Epoch, epoch.Rate, epoch.IsBest)),
            stopped.Epochs.Concat(resumed.Epochs).Select(epoch => (epoch.Epoch, epoch.Rate, epoch.IsBest)));
        Assert.Equal(
            (whole.State.Step, whole.State.BestEpoch, whole.State.RisenEpoch, whole.State.BestMap),
            (resumed.State.Step, resumed.State.BestEpoch, resumed.State.RisenEpoch, resumed.State.BestMap));
    }

    [Fact]
    public void StatesOfEarlierVersions_CountPatienceFromTheirBestEpoch()
        => Assert.Equal(7, System.Text.Json.JsonSerializer.Deserialize<TrainingState>("""{"Epoch":9,"BestMap":0.5,"BestEpoch":7}""")!.RisenEpoch);

    private FakeRun Run(TrainOptions options, params double[] maps) => new(_folder, options, new FakeDetector(), maps);

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}
