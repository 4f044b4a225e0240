namespace Graft.Torch.Tests.Tensors;

public class TensorCreationTests
{
    [Fact]
    public void ConstantTensors_HaveTheirShapeTypeAndValue()
    {
        using TensorScope scope = TensorScope.Begin();
        Expect.Values(Tensor.Zeros(2, 3), [2, 3], 0, 0, 0, 0, 0, 0);
        Expect.Values(Tensor.Ones(3), [3], 1, 1, 1);
        Expect.Values(Tensor.Full([2, 1], 2.5), [2, 1], 2.5, 2.5);
        Expect.Values(Tensor.Eye(2), [2, 2], 1, 0, 0, 1);
        Assert.Equal(DType.Float, Tensor.Zeros(1).DType);
        Assert.Equal(DType.Long, Tensor.Zeros([1], DType.Long).DType);
        Assert.Equal(DType.Bool, Tensor.Full([1], 1, DType.Bool).DType);
    }

    [Fact]
    public void Arange_CountsFromZero_InTheTypeAsked()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor counted = Tensor.Arange(4, DType.Int);
        Expect.Values(counted, [4], 0, 1, 2, 3);
        Assert.Equal(DType.Int, counted.DType);
        Expect.Values(Tensor.Arange(0), [0]);
    }

    [Fact]
    public void Empty_HasItsShape()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor empty = Tensor.Empty([3, 0, 2], DType.Half);
        Assert.Equal([3L, 0, 2], empty.Shape);
        Assert.Equal(0, empty.Count);
        Assert.Equal(DType.Half, empty.DType);
        Assert.Empty(empty.ToDoubles());
    }

    [Fact]
    public void TensorsLikeAnother_TakeItsShapeTypeAndMemoryFormat()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor source = Tensor.Full([1, 3, 2, 2], 7, DType.Double).To(MemoryFormat.ChannelsLast);
        foreach ((Tensor like, double value) in new[] { (source.ZerosLike(), 0.0), (source.OnesLike(), 1) })
        {
            Assert.Equal(DType.Double, like.DType);
            Assert.True(like.IsContiguous(MemoryFormat.ChannelsLast));
            Expect.Values(like, [1, 3, 2, 2], [.. Enumerable.Repeat(value, 12)]);
        }
    }

    [Fact]
    public void RandomNumbers_FollowTheSeed()
    {
        using TensorScope scope = TensorScope.Begin();
        TorchRuntime.Seed(4);
        float[] normal = Tensor.RandN(1000).ToArray<float>(), uniform = Tensor.Rand(1000).ToArray<float>();
        TorchRuntime.Seed(4);
        Assert.Equal(normal, Tensor.RandN(1000).ToArray<float>());
        Assert.All(uniform, value => Assert.InRange(value, 0f, 1f));
        Assert.InRange(uniform.Average(), 0.45, 0.55);
        Assert.InRange(normal.Average(), -0.15, 0.15);
        Assert.InRange(normal.Select(value => value * value).Average(), 0.85, 1.15);
    }

    [Fact]
    public void NegativeLengths_AreRefusedWithAtensMessage()
        => Expect.Refusal("aten::zeros", "negative dimension", () => Tensor.Zeros(2, -1));
}
