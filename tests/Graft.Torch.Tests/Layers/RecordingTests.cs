using Graft.Torch.Layers;

namespace Graft.Torch.Tests.Layers;

/// <summary>Recording observes: the same kernels run, the same tensors are freed, and fused kernels report the operators that they
/// replace.</summary>
public class RecordingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PackedConvolutions_GiveTheSameBits_AndReportTheirOperators(bool follow)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using Conv2d conv = new(6, 6, 3) { Packed = true };
        using Identity behind = new();
        conv.Follower = follow ? behind : null;
        Tensor x = Tensor.RandN(2, 6, 9, 7), residual = Tensor.RandN(2, 6, 9, 7);
        Func<Tensor?>[] runs = [() => conv.Forward(x), () => conv.ForwardSilu(x), () => conv.ForwardPlus(x, residual)];
        string[][] expected = follow
            ? [["aten::conv2d"], [], ["aten::conv2d", "aten::add_"]]
            : [["aten::conv2d"], ["aten::conv2d", "aten::silu_"], ["aten::conv2d", "aten::add_"]];
        foreach ((Func<Tensor?> run, string[] operators) in runs.Zip(expected))
        {
            float[]? alone = run()?.ToArray<float>();
            using OperationRecorder recorder = new();
            Tensor? result = run();
            Assert.Equal(alone, result?.ToArray<float>());
            Assert.Equal(operators, recorder.Operations.Select(operation => operation.Name));
            Assert.Equal(operators.Length == 0 ? [] : follow ? new object[] { behind, conv } : [conv], recorder.Calls.Select(call => call.Module));
            Assert.All(recorder.Operations, operation => Assert.Same(result, operation.Outputs.Single()));
            Assert.Equal(operators.Length == 0 ? 0 : 2L * 2 * 6 * 9 * 7 * 6 * 9, recorder.Flops);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NormsInTraining_GiveTheSameBits_AndReportTheirOperators(bool activate)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.RandN(3, 4, 5, 6);
        float[][] answers = [.. new[] { false, true }.Select(watched =>
        {
            using BatchNorm2d norm = new(4);
            norm.Train();
            using OperationRecorder? recorder = watched ? new() : null;
            Tensor y = activate ? norm.ForwardSilu(x)! : norm.Forward(x);
            if (recorder is not null)
            {
                Assert.Equal(activate ? ["aten::batch_norm", "aten::silu"] : ["aten::batch_norm"], recorder.Operations.Select(operation => operation.Name));
                Assert.Same(norm, Assert.Single(recorder.Calls).Module);
            }

            return y.ToArray<float>().Concat(norm.RunningMean.Value.ToArray<float>()).Concat(norm.RunningVariance.Value.ToArray<float>()).ToArray();
        })];
        Assert.Equal(answers[0], answers[1]);
    }

    [Fact]
    public void Moments_GiveTheSameBits_AndReportOneOperator()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.RandN(3, 4, 5, 6);
        float[] alone = x.MomentsPerImage()!.Value.Variance.ToArray<float>();
        using OperationRecorder recorder = new();
        (Tensor mean, Tensor variance) = x.MomentsPerImage()!.Value;
        Operation operation = Assert.Single(recorder.Operations);
        Assert.Equal("aten::var_mean", operation.Name);
        Assert.Equal([variance, mean], operation.Outputs);
        Assert.Equal(alone, variance.ToArray<float>());
    }

    [Fact]
    public void Operators_AreRecordedWithTheModuleTheyRanIn()
    {
        using Sequential network = new(new Conv2d(3, 8, 3), new Identity());
        network.NamePaths();
        using OperationRecorder recorder = new();
        using TensorScope scope = TensorScope.Begin();
        network.Forward(Tensor.Ones(1, 3, 4, 4));
        Assert.Contains(recorder.Operations, operation => operation is { Name: "aten::conv2d", Module: "0" });
        Assert.Equal(2 * 8 * 16 * 27, recorder.Flops);
    }

    [Fact]
    public void IntermediateTensors_AreFreedAsWithoutARecorder()
    {
        using Sequential network = new(new Conv2d(3, 4, 3), new Conv2d(4, 5, 3), new Conv2d(5, 2, 3));
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor x = Tensor.Ones(1, 3, 8, 8);
        using OperationRecorder recorder = new();
        Tensor y = network.Forward(x);
        Assert.Equal([true, true, false], recorder.Operations.Select(operation => operation.Outputs[0].IsDisposed));
        Assert.Same(y, recorder.Calls[^1].Output);
        Assert.Equal([1L, 2, 8, 8], recorder.Calls[^1].Shape);
    }
}
