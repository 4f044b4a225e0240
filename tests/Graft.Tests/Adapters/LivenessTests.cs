using Graft.Adapters;
using Graft.Torch;
using Graft.Torch.Optimizers;

namespace Graft.Tests.Adapters;

public class LivenessTests
{
    private const int Patience = 4;

    [Fact]
    public void AdapterThatLearns_LetsTheRunContinue()
    {
        using Run run = new();
        for (int step = 0; step < 3 * Patience; step++)
        {
            run.Step();
        }

        Assert.True(run.Adapter.Effect > 0);
    }

    [Fact]
    public void ZeroGradients_StopTheRunAfterAFewSteps()
    {
        using Run run = new();
        using (NoGrad.Begin())
        {
            ((LoraAdapter)run.Adapter).A.Weight.Value.Fill(0);
        }

        Assert.Contains("all its gradients were zero", run.Fails());
    }

    [Fact]
    public void SiteWithoutGradient_IsReportedOnceAndTheRunContinues()
    {
        using Run run = new();
        List<string> notes = [];
        run.Liveness.Note = notes.Add;
        for (int step = 0; step < 3 * Patience; step++)
        {
            run.Step(lossFactor: 0);
        }

        Assert.Contains("no object was assigned to its site", Assert.Single(notes));
        run.Step();
        run.Step();
        Assert.False(run.Adapter.IsInert);
    }

    [Fact]
    public void SiteWithALateGradient_HasAllItsStepsBeforeItsEffectIsChecked()
    {
        using Run run = new();
        for (int step = 0; step < 3 * Patience; step++)
        {
            run.Step(lossFactor: step < Patience ? 0 : 1);
        }

        Assert.True(run.Adapter.Effect > 0);
    }

    [Fact]
    public void SiteWithTinyGradients_IsReportedAndTheRunContinues()
    {
        using Run run = new();
        List<string> notes = [];
        run.Liveness.Note = notes.Add;
        for (int step = 0; step < 3 * Patience; step++)
        {
            run.Step(lossFactor: 1e-18);
        }

        Assert.Equal(0, run.Adapter.Effect);
        Assert.False(run.Adapter.IsInert);
        Assert.Contains("its gradients are tiny", Assert.Single(notes));
    }

    [Fact]
    public void DetachedAdapter_StopsTheRun()
    {
        using Run run = new();
        run.Step();
        run.Planned.Host.Follower = null;
        Assert.Contains("no gradient reached it", run.Fails());
    }

    [Fact]
    public void WeightsThatDoNotChange_StopTheRun()
    {
        using Run run = new();
        Assert.Contains("its output is still its input", run.Fails(rate: 0));
    }

    [Fact]
    public void StrengthOfZero_IsNamedAsTheReason()
    {
        using Run run = new();
        for (int step = 0; step < Patience; step++)
        {
            run.Step();
        }

        run.Adapter.Strength = 0;
        Assert.Contains("strength is 0", run.Fails());
    }

    [Fact]
    public void WeightMissingFromTheAverage_StopsTheRun()
    {
        using Run run = new();
        using WeightAverage early = run.MadeBeforeAttaching, complete = new(run.Host);
        run.Liveness.RequireAveraged(complete);
        Assert.Contains(
            "lora_A.weight is not in the averaged weights",
            Assert.Throws<GraftException>(() => run.Liveness.RequireAveraged(early)).Message);
    }

    [Fact]
    public void WeightMissingFromWhatIsSaved_StopsTheRun()
    {
        using Run run = new();
        string[] names = [.. run.Host.StateDict().Select(entry => entry.Name)];
        run.Liveness.RequireSaved(names);
        IEnumerable<string> fewer = names.Where(name => !name.EndsWith("lora_B.weight"));
        string message = Assert.Throws<GraftException>(() => run.Liveness.RequireSaved(fewer)).Message;
        Assert.Contains("adapters.only.lora_B.weight is not among what is saved", message);
    }

    private sealed class Run : IDisposable
    {
        private readonly TensorScope _scope = TensorScope.Begin();
        private readonly AdamW _optimizer;
        private readonly Tensor _x;

        internal Run()
        {
            Host = new AdapterCase.Host(8);
            _x = Tensor.RandN(1, 8, 5, 5);
            MadeBeforeAttaching = new WeightAverage(Host);
            TuningOptions tuning = new() { Adapters = [new LoraOptions { Rank = 2, At = ["only"] }] };
            AttachedAdapters attached = Host.Plan(tuning, _x).Apply();
            Planned = attached.Adapters[0];
            Liveness = new Liveness(attached, Patience);
            _optimizer = new AdamW(attached.Groups);
            Host.Train();
        }

        internal AdapterCase.Host Host { get; }

        internal PlannedAdapter Planned { get; }

        internal Adapter Adapter => Planned.Adapter;

        internal Liveness Liveness { get; }

        internal WeightAverage MadeBeforeAttaching { get; }

        public void Dispose()
        {
            _optimizer.Dispose();
            Host.Dispose();
            _scope.Dispose();
        }

        internal void Step(double lossFactor = 1, double rate = 1e-2)
        {
            Tensor loss = Host.Forward(_x).Square().Sum() * lossFactor;
            if (loss.RequiresGrad)
            {
                loss.Backward();
            }

            Liveness.Observe();
            _optimizer.Step(rate, 0);
            _optimizer.ZeroGrad();
        }

        internal string Fails(double lossFactor = 1, double rate = 1e-2)
        {
            GraftException error = Assert.Throws<GraftException>(() =>
            {
                for (int step = 0; step < 2 * Patience; step++)
                {
                    Step(lossFactor, rate);
                }
            });
            Assert.Equal(Failure.Runtime, error.Failure);
            Assert.Contains("only (lora)", error.Message);
            return error.Message;
        }
    }
}
