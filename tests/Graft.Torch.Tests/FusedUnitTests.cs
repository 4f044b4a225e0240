using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Torch.Tests;

/// <summary>Fused units match the separate operators, and follow changes of weights.</summary>
[Trait("Kind", "Parity")]
public class FusedUnitTests
{
    [Theory]
    [InlineData(3, 16, 3, 2, 1, true)]
    [InlineData(16, 24, 1, 1, 1, true)]
    [InlineData(24, 24, 3, 1, 24, false)]
    [InlineData(24, 24, 7, 1, 24, true)]
    [InlineData(10, 6, 3, 1, 2, false)]
    [InlineData(13, 5, 1, 1, 1, false)]
    public void ConvolutionAndSilu_MatchTheSeparateOperators(int input, int output, int kernel, int stride, int groups, bool biased)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using Conv2d conv = new(input, output, kernel, stride, groups: groups, bias: biased) { Packed = true };
        foreach ((int height, int width, int batch) in new[] { (17, 23, 1), (8, 8, 3), (17, 23, 1) })
        {
            Tensor x = Tensor.RandN(batch, input, height, width), plain = Plain(conv, x);
            Near(plain.Silu(), Assert.IsType<Tensor>(conv.ForwardSilu(x)), 1e-5);
            Near(plain, conv.Forward(x), 1e-5);
        }
    }

    [Theory]
    [InlineData(1, 5, 7, 3, 0)]
    [InlineData(3, 16, 33, 21, 1000)]
    [InlineData(2, 64, 20, 20, -3)]
    public void MomentsPerImage_InOnePass_MatchFloat64(int batch, int channels, int height, int width, double offset)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        foreach (MemoryFormat format in new[] { MemoryFormat.Contiguous, MemoryFormat.ChannelsLast })
        {
            Tensor x = (Tensor.RandN(batch, channels, height, width) + offset).To(format), wide = x.To(DType.Double);
            (Tensor mean, Tensor variance) = x.MomentsPerImage()!.Value;
            Assert.Null(wide.MomentsPerImage());
            Assert.Equal([batch, 1, 1, 1], mean.Shape);
            Near(wide.Mean([1, 2, 3], keep: true).To(DType.Float), mean, 1e-6 * Math.Max(1, Math.Abs(offset)));
            Near(wide.Variance([1, 2, 3], keep: true).To(DType.Float), variance, 1e-5);
        }
    }

    [Theory]
    [InlineData(16, 24, 1, 1)]
    [InlineData(24, 24, 7, 24)]
    [InlineData(13, 5, 3, 1)]
    public void ConvolutionWithResidual_AddsTheResidual_AndDoesNotChangeIt(int input, int output, int kernel, int groups)
    {
        using TensorScope scope = TensorScope.Begin();
        using Conv2d conv = new(input, output, kernel, groups: groups) { Packed = true };
        foreach (MemoryFormat format in new[] { MemoryFormat.Contiguous, MemoryFormat.ChannelsLast })
        {
            Tensor x = Tensor.RandN(2, input, 9, 13), around = Tensor.RandN(2, output, 9, 13).To(format), kept = around.Clone();
            Tensor learning = conv.ForwardPlus(x, around);
            Assert.True(learning.RequiresGrad);
            using NoGrad off = NoGrad.Begin();
            Tensor expected = Plain(conv, x) + around;
            Near(expected, learning, 1e-5);
            Near(expected, conv.ForwardPlus(x, around), 1e-5);
            conv.Packed = false;
            Near(expected, conv.ForwardPlus(x, around), 1e-5);
            conv.Packed = true;
            Near(kept, around, 0);
        }
    }

    [Fact]
    public void ChangedWeights_AreUsed()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using Conv2d conv = new(8, 8, 3, bias: false) { Packed = true };
        Tensor x = Tensor.RandN(1, 8, 9, 9);
        Action[] changes =
        [
            () => conv.Weight.Value.CopyFrom(Tensor.RandN(8, 8, 3, 3)),
            () => conv.Weight.Replace(Tensor.RandN(8, 8, 3, 3)),
            () => conv.Weight.Value.Edit<float>(values => values[5] = 3),
            () => conv.SetBias(Tensor.RandN(8)),
            () => conv.Bias!.Value.AddInPlace(Tensor.Ones(8)),
            () => conv.To(MemoryFormat.ChannelsLast),
            () => conv.Weight.Value.CopyFrom(Tensor.RandN(8, 8, 3, 3)),
        ];
        foreach (Action change in changes)
        {
            conv.ForwardSilu(x);
            change();
            Near(Plain(conv, x).Silu(), conv.ForwardSilu(x)!, 1e-5);
        }
    }

    [Fact]
    public void TrainedWeights_AreUsed()
    {
        using TensorScope scope = TensorScope.Begin();
        using Conv2d conv = new(8, 8, 3) { Packed = true };
        using AdamW optimizer = new([new("weight", conv.Weight, 1, 1), new("bias", conv.Bias!, 1, 1)]);
        using WeightAverage average = new(conv);
        Tensor x = Tensor.RandN(1, 8, 9, 9);
        for (int step = 0; step < 3; step++)
        {
            using (NoGrad.Begin())
            {
                Near(Plain(conv, x).Silu(), conv.ForwardSilu(x)!, 1e-5);
            }

            conv.Forward(x).Sum().Backward();
            optimizer.Step(0.1, 0);
            average.Update();
            optimizer.ZeroGrad();
        }
    }

    [Fact]
    public void SeveralThreads_ShareOnePlan()
    {
        using Conv2d conv = new(8, 12, 3) { Packed = true };
        conv.Freeze();
        float[][] inputs = [.. Enumerable.Range(0, 8).Select(i => Enumerable.Range(0, 8 * 6 * (i + 4)).Select(v => (float)Math.Sin(v + i)).ToArray())];
        float[][] alone = [.. inputs.Select((values, i) => Run(values, i))];
        Parallel.For(0, 64, i => Assert.Equal(alone[i % 8], Run(inputs[i % 8], i % 8)));

        float[] Run(float[] values, int i)
        {
            using TensorScope scope = TensorScope.Begin();
            return conv.Forward(Tensor.From(values, 1, 8, 6, i + 4)).ToArray<float>();
        }
    }

    [Theory]
    [InlineData(8, 2, 5, 7)]
    [InlineData(16, 4, 40, 40)]
    [InlineData(96, 3, 3, 3)]
    public void NormAndSiluGradients_MatchTheSeparateOperators(int channels, int batch, int height, int width)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor values = (Tensor.RandN(batch, channels, height, width) * 3) + 5, gradient = Tensor.RandN(batch, channels, height, width);
        (Tensor Y, Tensor[] Others)[] answers = [.. new[] { true, false }.Select(fused =>
        {
            BatchNorm2d norm = Moved(channels);
            norm.Train();
            Tensor x = values.Clone();
            x.RequiresGrad = true;
            Tensor y;
            if (fused)
            {
                y = norm.ForwardSilu(x)!;
            }
            else
            {
                y = Plain(norm, x).Silu();
            }

            y.Backward(gradient);
            return (y, new[] { x.Grad!, norm.Weight.Value.Grad!, norm.Bias.Value.Grad!, norm.RunningMean.Value, norm.RunningVariance.Value });
        })];
        Near(answers[1].Y, answers[0].Y, 1e-5);
        foreach ((Tensor expected, Tensor found) in answers[1].Others.Zip(answers[0].Others))
        {
            Near(expected, found, 2e-5);
        }
    }

    [Fact]
    public void NormAndSilu_DoNotDependOnThreads_AndPropagateNaN()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.RandN(4, 24, 33, 29);
        int before = TorchRuntime.Threads;
        try
        {
            float[][] answers = [.. new[] { 1, 2 }.Select(threads =>
            {
                TorchRuntime.Threads = threads;
                using BatchNorm2d norm = Moved(24);
                norm.Train();
                return norm.ForwardSilu(x)!.ToArray<float>();
            })];
            Assert.Equal(answers[0], answers[1]);
        }
        finally
        {
            TorchRuntime.Threads = before;
        }

        using BatchNorm2d broken = Moved(24);
        broken.Train();
        x.Edit<float>(values => values[7] = float.NaN);
        Assert.Contains(broken.ForwardSilu(x)!.ToArray<float>(), float.IsNaN);
    }

    [Fact]
    public void TrainedConvolutions_AreNotFused()
    {
        using TensorScope scope = TensorScope.Begin();
        using Conv2d conv = new(4, 4, 3) { Packed = true };
        Tensor x = Tensor.RandN(1, 4, 5, 5);
        Assert.Null(conv.ForwardSilu(x));
        conv.Freeze();
        Assert.NotNull(conv.ForwardSilu(x));
        conv.To(DType.Double);
        Assert.Null(conv.ForwardSilu(x.Detach().To(DType.Double)));
    }

    private static BatchNorm2d Moved(int channels)
    {
        using NoGrad off = NoGrad.Begin();
        TorchRuntime.Seed(5);
        BatchNorm2d norm = new(channels);
        norm.Weight.Value.CopyFrom(Tensor.RandN(channels));
        norm.Bias.Value.CopyFrom(Tensor.RandN(channels));
        norm.RunningMean.Value.CopyFrom(Tensor.RandN(channels));
        norm.RunningVariance.Value.CopyFrom(Tensor.Rand(channels) + 0.5);
        norm.Train(false);
        return norm;
    }

    private static Tensor Plain(Conv2d conv, Tensor x)
        => x.Conv2d(conv.Weight.Value, conv.Bias?.Value, conv.Stride, conv.Padding, conv.Dilation, conv.Groups);

    private static Tensor Plain(BatchNorm2d norm, Tensor x) => x.BatchNorm(
        norm.Weight.Value, norm.Bias.Value, norm.RunningMean.Value, norm.RunningVariance.Value, norm.Training, norm.Momentum, norm.Epsilon);

    private static void Near(Tensor expected, Tensor found, double tolerance)
    {
        Assert.Equal(expected.Shape, found.Shape);
        double apart = (expected - found).Abs().Max().ToDouble(), size = expected.Abs().Max().ToDouble();
        Assert.True(apart <= tolerance * Math.Max(1, size), $"{apart} apart, values to {size}");
    }
}
