namespace Graft.Torch.Tests.Tensors;

public class TensorShapeTests
{
    [Fact]
    public void ShapeStridesAndSizes_AreThoseOfTheMemory()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.Zeros(2, 3, 4);
        Assert.Equal((3, 24L), (t.Rank, t.Count));
        Assert.Equal([12L, 4, 1], t.Strides);
        Assert.Equal([1L, 4, 12], t.Permute(2, 1, 0).Strides);
        Assert.Equal((2L, 4L, 4L), (t.Size(0), t.Size(2), t.Size(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => t.Size(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => t.Size(-4));
        Tensor scalar = Tensor.Full([], 1);
        Assert.Equal((0, 1L), (scalar.Rank, scalar.Count));
        Assert.Empty(scalar.Shape);
    }

    [Fact]
    public void Axes_AreReorderedResizedAndAdded()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.Arange(6).Reshape(2, 3);
        Expect.Values(t.Reshape(3, -1), [3, 2], 0, 1, 2, 3, 4, 5);
        Expect.Values(t.Permute(1, 0), [3, 2], 0, 3, 1, 4, 2, 5);
        Expect.Values(t.Transpose(-1, 0), [3, 2], 0, 3, 1, 4, 2, 5);
        Expect.Values(t.Flatten(), [6], 0, 1, 2, 3, 4, 5);
        Assert.Equal([2L, 12, 5], Tensor.Zeros(2, 3, 4, 5).Flatten(1, 2).Shape);
        Assert.Equal([2L, 1, 3], t.Unsqueeze(1).Shape);
        Assert.Equal([2L, 3], t.Unsqueeze(-1).Squeeze(2).Shape);
    }

    [Fact]
    public void Expand_RepeatsWithoutACopy_RepeatWithOne()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor row = Tensor.From([1f, 2], 1, 2), wide = row.Expand(3, -1);
        Expect.Values(wide, [3, 2], 1, 2, 1, 2, 1, 2);
        Assert.Equal([0L, 1], wide.Strides);
        Expect.Values(row.Repeat(2, 2), [2, 4], 1, 2, 1, 2, 1, 2, 1, 2);
    }

    [Fact]
    public void RangesAndPositions_AreViewsOfTheSameMemory()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.Arange(6).Reshape(2, 3);
        Tensor[] views = [t.Narrow(1, 1, 2), t.Select(0, 1), t.Slice(1, 0, 3, 2)];
        t.Fill(8);
        Expect.Values(views[0], [2, 2], 8, 8, 8, 8);
        Expect.Values(views[1], [3], 8, 8, 8);
        Expect.Values(views[2], [2, 2], 8, 8, 8, 8);
    }

    [Fact]
    public void Ranges_TakeTheirPositions()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.Arange(6).Reshape(2, 3);
        Expect.Values(t.Narrow(1, 1, 2), [2, 2], 1, 2, 4, 5);
        Expect.Values(t.Select(1, -1), [2], 2, 5);
        Expect.Values(t.Slice(1, 0, 3, 2), [2, 2], 0, 2, 3, 5);
    }

    [Fact]
    public void SplittingAndConcatenating_AreInverse()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.Arange(10).Reshape(2, 5);
        Assert.Equal([2L, 2, 1], t.Chunk(3, 1).Select(part => part.Size(1)));
        Assert.Equal([1L, 4], t.Split([1, 4], 1).Select(part => part.Size(1)));
        Assert.Equal(t.ToArray<float>(), Tensor.Cat(t.Chunk(3, 1), 1).ToArray<float>());
        Assert.Equal(t.ToArray<float>(), Tensor.Stack([t.Select(0, 0), t.Select(0, 1)]).ToArray<float>());
        Assert.Equal([5L, 2], Tensor.Stack([t.Select(0, 0), t.Select(0, 1)], 1).Shape);
    }

    [Fact]
    public void PadAndFlip_WorkOnTheLastAxesFirst()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.From([1f, 2], 1, 2);
        Expect.Values(t.Pad([1, 0, 0, 1], 7), [2, 3], 7, 1, 2, 7, 7, 7);
        Expect.Values(t.Flip(1), [1, 2], 2, 1);
    }

    [Fact]
    public void MemoryFormats_ChangeStridesAndNotValues()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.Arange(24).Reshape(1, 2, 3, 4), last = t.To(MemoryFormat.ChannelsLast);
        Assert.Equal([24L, 1, 8, 2], last.Strides);
        Assert.Equal((true, false, true), (t.IsContiguous(), last.IsContiguous(), last.IsContiguous(MemoryFormat.ChannelsLast)));
        Assert.Equal(t.ToArray<float>(), last.ToArray<float>());
        Assert.True(last.Contiguous().IsContiguous());
    }

    [Fact]
    public void CopiesAreIndependent_DetachedTensorsAreNot()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.Zeros(2), copy = t.Clone(), same = t.Detach();
        t.Fill(3);
        Expect.Values(copy, [2], 0, 0);
        Expect.Values(same, [2], 3, 3);
        Expect.Values(copy.CopyFrom(Tensor.From([4L])), [2], 4, 4);
    }

    [Fact]
    public void Overwriting_DrawsFromTheRangeOrDeviation()
    {
        using TensorScope scope = TensorScope.Begin();
        Assert.All(Tensor.Empty([500]).FillUniform(-2, -1).ToArray<float>(), value => Assert.InRange(value, -2f, -1f));
        Assert.InRange(Tensor.Empty([5000]).FillNormal(10, 0.5).Mean().ToDouble(), 9.9, 10.1);
    }

    [Fact]
    public void ShapesThatDoNotFit_AreRefusedWithAtensMessage()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.Zeros(2, 3);
        Expect.Refusal("aten::reshape", "shape '[4]' is invalid for input of size 6", () => t.Reshape(4));
        Expect.Refusal("aten::cat", "Sizes of tensors must match except in dimension 0", () => Tensor.Cat([t, Tensor.Zeros(2, 4)], 0));
        Expect.Refusal("aten::transpose", "Dimension out of range", () => t.Transpose(0, 2));
        Expect.Refusal("aten::narrow", "exceeds dimension size", () => t.Narrow(1, 2, 2));
    }
}
