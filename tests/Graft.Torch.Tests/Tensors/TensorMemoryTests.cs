namespace Graft.Torch.Tests.Tensors;

public class TensorMemoryTests
{
    [Fact]
    public void ArraysWithoutAShape_HaveOneAxis_HoweverMany()
    {
        using TensorScope scope = TensorScope.Begin();
        Expect.Values(Tensor.From([1f]), [1], 1);
        Expect.Values(Tensor.From([1f, 2]), [2], 1, 2);
        Expect.Values(Tensor.From(Array.Empty<float>()), [0]);
        Expect.Values(Tensor.From([5f], []), [], 5);
    }

    [Fact]
    public void Values_ComeOutInCOrder_OfAnyView()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.From([1f, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal([1f, 2, 3, 4, 5, 6], t.ToArray<float>());
        Assert.Equal([1f, 4, 2, 5, 3, 6], t.Transpose(0, 1).ToArray<float>());
        Assert.Equal([2f, 5], t.Select(1, 1).ToArray<float>());
    }

    [Fact]
    public void EveryElementType_RoundTrips()
    {
        using TensorScope scope = TensorScope.Begin();
        Both([1.5f, -2], DType.Float, 4);
        Both([1.5, -2], DType.Double, 8);
        Both([1L, -2], DType.Long, 8);
        Both([1, -2], DType.Int, 4);
        Both([(short)1, (short)-2], DType.Short, 2);
        Both([(byte)1, (byte)255], DType.Byte, 1);
        Both([(sbyte)1, (sbyte)-2], DType.SByte, 1);
        Both([true, false], DType.Bool, 1);
        Both([(Half)1.5, (Half)(-2)], DType.Half, 2);

        static void Both<T>(T[] values, DType type, int size)
            where T : unmanaged
        {
            Tensor tensor = Tensor.From(values);
            Assert.Equal((type, size, values.LongLength), (tensor.DType, tensor.ElementSize, tensor.Count));
            Assert.Equal(values, tensor.ToArray<T>());
        }
    }

    [Fact]
    public void BytesOfAnotherType_AreReinterpreted()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor brain = Tensor.From<ushort>([0x3F80, 0xC000], [2], DType.BFloat16);      // the upper halves of 1 and -2
        Expect.Values(brain, [2], 1, -2);
        Assert.Equal(2, brain.ElementSize);
    }

    [Theory]
    [InlineData(3, new long[] { 2, 2 }, null)]
    [InlineData(3, new long[] { }, null)]
    [InlineData(2, new long[] { 2 }, DType.Double)]
    public void ValuesThatDoNotFillTheShape_AreRefused(int count, long[] shape, DType? type)
    {
        float[] values = new float[count];
        ArgumentException error = Assert.Throws<ArgumentException>(() => Tensor.From<float>(values, shape, type));
        Assert.Contains($"{count} values of Single do not fill a {type ?? DType.Float} tensor of the shape {string.Join("×", shape)}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TypesThatNoTensorHas_AreRefused()
    {
        Assert.Contains("Decimal is not an element type", Assert.Throws<ArgumentException>(() => Tensor.From([1m])).Message, StringComparison.Ordinal);
        using Tensor tensor = Tensor.Ones(2);
        Assert.Contains("4 bytes per element; Double has 8", Assert.Throws<InvalidOperationException>(tensor.ToArray<double>).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToDouble_TakesOneElement_AndNoMore()
    {
        using TensorScope scope = TensorScope.Begin();
        Assert.Equal(3, Tensor.From([3L]).ToDouble());
        Assert.Equal(-0.5, Tensor.Full([1, 1], -0.5).ToDouble());
        Assert.Contains("is not one number", Assert.Throws<InvalidOperationException>(() => Tensor.Ones(2).ToDouble()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToSingles_ConvertsWhereItMust()
    {
        using TensorScope scope = TensorScope.Begin();
        Assert.Equal([1f, 2], Tensor.From([1f, 2]).ToSingles());
        Assert.Equal([1f, 2], Tensor.From([1L, 2]).ToSingles());
    }

    [Fact]
    public void Edit_ChangesTheTensorItself_AndItsViews()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor tensor = Tensor.Zeros(2, 2), row = tensor.Select(0, 1);
        tensor.Edit<float>(values => values[3] = 9);
        Expect.Values(row, [2], 0, 9);
        float sum = 0;
        tensor.Read<float>(values => sum = values[3] + values.Length);
        Assert.Equal(13, sum);
    }

    [Fact]
    public void MemoryThatIsNotInCOrder_OrOfAnotherType_IsNotExposed()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor turned = Tensor.Ones(2, 3).Transpose(0, 1);
        Assert.Contains("Float 3×2 on cpu is not a contiguous tensor of Single", Assert.Throws<InvalidOperationException>(() => turned.Read<float>(_ => { })).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => turned.Contiguous().Edit<double>(_ => { }));
    }
}
