using Graft.Adapters;
using Graft.Benchmarks;
using Graft.Runs;
using Graft.Tests.Rewriting;
using Graft.Training;

namespace Graft.Tests.Benchmarks;

public sealed class TrainBenchTests
{
    private static readonly RunConfig Config = new()
    {
        Model = RandomNetworks.Small with { Version = 2 },
        Train = new TrainOptions { Imgsz = 64, Batch = 2 },
        Tuning = new TuningOptions { Adapters = [new LoraOptions { At = ["neck.**"] }] },
    };

    [Fact]
    public void ATunedNetwork_IsMeasuredBesideFullTraining()
    {
        TrainBench.Result result = TrainBench.Run(Config, null, 1);
        Assert.Equal(["everything trained", "tuned, layer by layer", "tuned", "tuned, features kept"], result.Ways.Select(way => way.Name));
        Assert.All(result.Ways, way => Assert.True(way.Speed.Milliseconds > 0 && way.Speed.Gflops > 0));
        Assert.True(result.Ways[2].Trainable < result.Ways[0].Trainable / 10);
        Assert.True(result.Ways[2].Megabytes < result.Ways[1].Megabytes && result.Ways[1].Megabytes < result.Ways[0].Megabytes);
        Assert.True(result.Ways[3].Megabytes < result.Ways[2].Megabytes);
        Assert.InRange(result.Limit(result.Ways[2]), 1.3, 3);
        Assert.InRange(result.Limit(result.Ways[3]), 1.1 * result.Limit(result.Ways[2]), 4);
    }

    [Fact]
    public void WithoutTuning_FullTrainingIsMeasuredAlone()
        => Assert.Equal("everything trained", Assert.Single(TrainBench.Run(Config with { Tuning = null }, 3, 1).Ways).Name);
}
