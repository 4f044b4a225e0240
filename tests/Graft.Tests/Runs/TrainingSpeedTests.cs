using Graft.Runs;
using Graft.Training;

namespace Graft.Tests.Runs;

/// <summary>What follows from a measured speed.</summary>
[SideBySide]
public sealed class TrainingSpeedTests
{
    private static readonly TrainingSpeed Speed = new(320, 20, 60);

    [Fact]
    public void ALargerInput_TakesTimeByItsArea()
    {
        TrainingSpeed large = (Speed with { KeptImagesPerSecond = 40 }).At(640);
        Assert.Equal((640, 5.0, 15.0, 10.0), (large.Side, large.TrainImagesPerSecond, large.ValImagesPerSecond, large.KeptImagesPerSecond!.Value));
    }

    [Fact]
    public void KeptViews_AreComputedOnce_AndFoundInTheOtherEpochs()
    {
        TrainOptions train = new() { Epochs = 20, CloseMosaic = 2, FeatureCache = FeatureCache.Memory, Views = 4 };
        Assert.Equal(6, train.KeptViews);       // four with mosaic, two in the last epochs
        Assert.Equal(100 * ((6 / 20.0) + (14 / 40.0)), (Speed with { KeptImagesPerSecond = 40 }).SecondsOf(100, train), 9);
        Assert.Equal(100, Speed.SecondsOf(100, train), 9);
        Assert.Equal(0, (train with { FeatureCache = FeatureCache.Off }).KeptViews);
    }

    [Fact]
    public void OfTwoMeasurements_TheFasterCounts()
    {
        TrainingSpeed other = new(320, 30, 50) { KeptImagesPerSecond = 70 };
        TrainingSpeed both = (Speed with { KeptImagesPerSecond = 90 }).Faster(other);
        Assert.Equal((30.0, 60.0, 90.0), (both.TrainImagesPerSecond, both.ValImagesPerSecond, both.KeptImagesPerSecond!.Value));
        Assert.Equal("30 images/s (90 with kept features)", both.ToString());
        Assert.Null(Speed.Faster(other).KeptImagesPerSecond);
    }
}
