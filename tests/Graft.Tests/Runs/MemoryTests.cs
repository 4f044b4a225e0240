using Graft.Torch;

namespace Graft.Tests.Runs;

/// <summary>Counts every tensor of the process.</summary>
[Alone]
public sealed class MemoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PredictionsAndSteps_LeaveNoTensorBehind()
    {
        GC.Collect();                       // what earlier tests forgot must not be counted here
        GC.WaitForPendingFinalizers();
        long before = Tensor.Live;
        SteadyWork work = new(_folder.Path);
        Flat(work.Predict(300, every: 50));
        Flat(work.Train(5 * SteadyWork.StepsPerEpoch, everyEpochs: 1));
        Assert.Equal(before, Tensor.Live);
    }

    private static void Flat(IReadOnlyList<MemorySample> samples)
    {
        Assert.InRange(samples.Count, 5, 6);
        Assert.All(samples, sample => Assert.Equal(samples[0].Tensors, sample.Tensors));
    }
}
