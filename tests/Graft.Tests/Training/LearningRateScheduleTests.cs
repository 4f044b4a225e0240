using Graft.Training;

namespace Graft.Tests.Training;

[SideBySide]
public class LearningRateScheduleTests
{
    [Theory]
    [InlineData(ScheduleKind.Linear, 200, 8)]
    [InlineData(ScheduleKind.Cosine, 160, 8)]
    [InlineData(ScheduleKind.Linear, 1, 3)]
    public void Rates_NeverTurnNegative_AndEndAtTheirLastShare(ScheduleKind kind, int epochs, int steps)
    {
        TrainOptions options = new() { Epochs = epochs, Lr = 5e-4, LrFinal = 0.01, Schedule = kind };
        LearningRateSchedule rate = new(options, steps);
        double[] rates = [.. Enumerable.Range(0, epochs * steps).Select(step => rate.At(step))];
        Assert.All(rates, value => Assert.InRange(value, 0, 5e-4));
        Assert.Equal(5e-6, rate.At(epochs * steps), 12);
        Assert.Equal(5e-6, rate.At(2L * epochs * steps), 12);
    }

    [Fact]
    public void WarmUp_IsNeverLongerThanATenthOfTheRun()
    {
        LearningRateSchedule brief = new(new TrainOptions { Epochs = 10, WarmupEpochs = 3 }, 8);
        Assert.Equal(8, brief.WarmupSteps);
        LearningRateSchedule usual = new(new TrainOptions { Epochs = 100, WarmupEpochs = 3 }, 8);
        Assert.Equal(24, usual.WarmupSteps);
        Assert.True(usual.At(0) < usual.At(12) && usual.At(12) < usual.At(23));
    }
}
