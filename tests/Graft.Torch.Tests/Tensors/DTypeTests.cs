namespace Graft.Torch.Tests.Tensors;

public class DTypeTests
{
    [Theory]
    [InlineData(DType.Byte, 1, new double[] { 1, 2, 200 })]
    [InlineData(DType.SByte, 1, new double[] { 1, 2, -56 })]
    [InlineData(DType.Short, 2, new double[] { 1, 2, 200 })]
    [InlineData(DType.Int, 4, new double[] { 1, 2, 200 })]
    [InlineData(DType.Long, 8, new double[] { 1, 2, 200 })]
    [InlineData(DType.Half, 2, new double[] { 1.5, 2.25, 200 })]
    [InlineData(DType.BFloat16, 2, new double[] { 1.5, 2.25, 200 })]
    [InlineData(DType.Float, 4, new double[] { 1.5, 2.25, 200 })]
    [InlineData(DType.Double, 8, new double[] { 1.5, 2.25, 200 })]
    [InlineData(DType.Bool, 1, new double[] { 1, 1, 1 })]
    public void Conversions_CutAndRoundAsTheTypeDoes(DType type, int size, double[] expected)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor converted = Tensor.From([1.5, 2.25, 200]).To(type);
        Assert.Equal((type, size), (converted.DType, converted.ElementSize));
        Expect.Values(converted, [3], expected);
    }

    [Theory]
    [InlineData(DType.ComplexFloat, 8)]
    [InlineData(DType.ComplexDouble, 16)]
    public void ComplexElements_HaveTheSizeOfTwo(DType type, int size)
    {
        using Tensor zeros = Tensor.Zeros([2], type);
        Assert.Equal(size, zeros.ElementSize);
    }

    [Fact]
    public void MixedTypes_ArePromoted()
    {
        using TensorScope scope = TensorScope.Begin();
        Assert.Equal(DType.Double, (Tensor.Ones(1) + Tensor.Ones(1).To(DType.Double)).DType);
        Assert.Equal(DType.Float, (Tensor.From([1L]) + Tensor.Ones(1)).DType);
        Assert.Equal(DType.Float, (Tensor.From([1L]) * 2).DType);               // a C# number is a double here
    }

    [Fact]
    public void Text_NamesTypeAndShape()
    {
        using Tensor tensor = Tensor.Zeros([2, 3], DType.Half);
        Assert.Equal("Half 2×3", tensor.ToString());
        Assert.Equal("cpu", tensor.Device);
        using Tensor same = tensor.To("cpu");
        Assert.Equal([2L, 3], same.Shape);
        Expect.Refusal("aten::to", "nowhere", () => tensor.To("nowhere"));
    }
}
