using Graft.Torch.Layers;

namespace Graft.Torch.Tests;

/// <summary>Steps with gradients of maps only, and the steps of training that stay channels-last, match float64.</summary>
[Trait("Kind", "Parity")]
public class FrozenUnitTests
{
    [Theory]
    [InlineData(3, 16, 3, 2, 1, true)]
    [InlineData(16, 24, 1, 1, 1, false)]
    [InlineData(24, 24, 3, 1, 24, true)]
    [InlineData(24, 24, 7, 1, 24, false)]
    [InlineData(10, 6, 3, 1, 2, true)]
    [InlineData(13, 5, 1, 1, 1, true)]
    public void FrozenConvolution_GivesItsInputAGradient(int input, int output, int kernel, int stride, int groups, bool activate)
    {
        using TensorScope scope = TensorScope.Begin();
        using Conv2d conv = new(input, output, kernel, stride, groups: groups) { Packed = true };
        conv.Freeze();
        Tensor weight = conv.Weight.Value.To(DType.Double), bias = conv.Bias!.Value.To(DType.Double);
        foreach ((int height, int width, int batch) in new[] { (17, 23, 1), (8, 8, 3), (17, 23, 2) })
        {
            Matches(
                Tensor.RandN(batch, input, height, width),
                x => activate ? conv.ForwardSilu(x)! : conv.Forward(x),
                x => Activated(x.Conv2d(weight, bias, stride, conv.Padding, groups: groups), activate));
        }

        Assert.Null(conv.Weight.Value.Grad);
    }

    [Fact]
    public void FrozenConvolution_KeepsOnlyWhatSiluReads()
    {
        using TensorScope scope = TensorScope.Begin();
        using Conv2d conv = new(64, 8, 3) { Packed = true };
        conv.Freeze();
        Tensor x = Tensor.RandN(2, 64, 32, 32).To(MemoryFormat.ChannelsLast);
        x.RequiresGrad = true;
        Assert.InRange(Held(() => conv.Forward(x)), 0, 1000);
        Assert.InRange(Held(() => conv.ForwardSilu(x)!), 2 * 8 * 32 * 32 * 4, (2 * 8 * 32 * 32 * 4) + 1000);
    }

    [Fact]
    public void AGraph_IsUsedOnce()
    {
        using TensorScope scope = TensorScope.Begin();
        using Conv2d conv = new(4, 4, 3) { Packed = true };
        conv.Freeze();
        Tensor x = Tensor.RandN(1, 4, 5, 5);
        x.RequiresGrad = true;
        Tensor sum = conv.ForwardSilu(x)!.Sum();
        sum.Backward();
        Assert.Throws<GraftException>(() => sum.Backward());
    }

    [Theory]
    [InlineData(1, 3, 1, 1)]
    [InlineData(2, 16, 5, 7)]
    public void Upsampling_MatchesTheOperator(int batch, int channels, int height, int width)
    {
        using TensorScope scope = TensorScope.Begin();
        Matches(Tensor.RandN(batch, channels, height, width), x => x.UpsampleNearest2x(), x => x.UpsampleNearest2x());
    }

    [Theory]
    [InlineData(1, 3, 5, 7, 0)]
    [InlineData(3, 16, 33, 21, 20)]
    [InlineData(2, 64, 20, 20, -3)]
    public void NormalisationOfAnImage_MatchesTheOperator(int batch, int channels, int height, int width, double offset)
    {
        using TensorScope scope = TensorScope.Begin();
        using GroupNorm norm = new(1, channels), wide = new(1, channels);
        using (NoGrad.Begin())
        {
            norm.Weight.Value.CopyFrom(Tensor.RandN(channels));
            norm.Bias.Value.CopyFrom(Tensor.RandN(channels));
            wide.To(DType.Double);
            wide.Weight.Value.CopyFrom(norm.Weight.Value);
            wide.Bias.Value.CopyFrom(norm.Bias.Value);
        }

        norm.Train();
        Matches(Tensor.RandN(batch, channels, height, width) + offset, norm.Forward, wide.Forward);
        Near(wide.Weight.Value.Grad!, norm.Weight.Value.Grad!);
        Near(wide.Bias.Value.Grad!, norm.Bias.Value.Grad!);
    }

    [Fact]
    public void TensorMemory_IsTheMostThatIsHeldAtOnce()
    {
        using TensorMemory memory = TensorMemory.Watch();
        for (int i = 0; i < 3; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            _ = Tensor.Zeros(1024, 1024);
            _ = Tensor.Zeros(1024, 512);
        }

        Assert.InRange(memory.Peak, 6 << 20, (6 << 20) + 10_000);
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => memory.Peak);
    }

    /// <summary>Compares results and gradients with those of another function in float64; the gradient that arrives is a slice of a wider
    /// map, as behind a concatenation.</summary>
    private static void Matches(Tensor values, Func<Tensor, Tensor> run, Func<Tensor, Tensor> reference)
    {
        foreach (MemoryFormat format in new[] { MemoryFormat.Contiguous, MemoryFormat.ChannelsLast })
        {
            Tensor x = values.Detach().Clone().To(format), wide = values.Detach().To(DType.Double);
            x.RequiresGrad = wide.RequiresGrad = true;
            Tensor found = run(x), expected = reference(wide);
            Near(expected, found);
            Tensor factors = Tensor.RandN([found.Size(0), 2 * found.Size(1), found.Size(2), found.Size(3)]).To(MemoryFormat.ChannelsLast);
            (Tensor.Cat([found, found * 2], 1) * factors).Sum().Backward();
            (Tensor.Cat([expected, expected * 2], 1) * factors.To(DType.Double)).Sum().Backward();
            Near(wide.Grad!, x.Grad!);
        }
    }

    private static Tensor Activated(Tensor x, bool activate) => activate ? x.Silu() : x;

    /// <summary>Bytes that a result's graph keeps, without the result itself.</summary>
    private static long Held(Func<Tensor> run)
    {
        run().Dispose();                                      // packs the weights
        using TensorMemory memory = TensorMemory.Watch();
        using Tensor result = run();
        long before = memory.Peak;
        using Tensor more = Tensor.Zeros(1 << 22);            // larger than anything that was freed: the new peak is what is held, and this
        Assert.True(memory.Peak > before);
        return memory.Peak - (4L << 22) - (result.Count * 4);
    }

    private static void Near(Tensor expected, Tensor found)
    {
        using NoGrad off = NoGrad.Begin();
        Assert.Equal(expected.Shape, found.Shape);
        double error = (expected - found.To(DType.Double)).Abs().Max().ToDouble(), size = expected.Abs().Max().ToDouble();
        Assert.True(error <= 1e-5 * Math.Max(1, size), $"{error} apart, of {size}");
    }
}
