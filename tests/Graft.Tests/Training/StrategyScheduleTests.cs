using Graft.Tests.Adapters;
using Graft.Training;

namespace Graft.Tests.Training;

[SideBySide]
public class StrategyScheduleTests
{
    private const int StepsPerEpoch = 8;

    [Theory]
    [InlineData("phase2_hybrid_aggressive_v1")]
    [InlineData("phase2_step4_1_rep_mona")]
    [InlineData("phase2_step5_4_true_mona")]
    [InlineData("phase1_option1_strategy_b")]
    [InlineData("tuning/tta_mvtec")]
    public void Rate_ReachesItsPeakAndNeverTurnsNegative(string strategy)
    {
        TrainOptions train = StrategyTests.Read(strategy).Train;
        LearningRateSchedule rate = new(train, StepsPerEpoch);
        double[] rates = [.. Enumerable.Range(0, train.Epochs * StepsPerEpoch).Select(step => rate.At(step))];
        Assert.InRange(rates.Max(), 0.9 * train.Lr, train.Lr);
        Assert.True(rates.Min() > 0);
        Assert.True(rate.WarmupSteps <= 0.1 * rates.Length);
    }

    [Fact]
    public void StepThree_HasTheRatesThatTheGuideStates()
    {
        LearningRateSchedule rate = new(StrategyTests.Read("phase2_hybrid_aggressive_v1").Train, StepsPerEpoch);
        double At(int epoch) => rate.At((epoch * StepsPerEpoch) - 1);
        Assert.Equal(5.0e-4, At(3), 5e-6);
        Assert.Equal(2.6e-4, At(102), 5e-6);
        Assert.Equal(2.3e-4, At(109), 5e-6);
        Assert.Equal(2.5e-5, At(200), 5e-7);
    }
}
