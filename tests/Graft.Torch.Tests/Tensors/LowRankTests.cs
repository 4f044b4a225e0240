namespace Graft.Torch.Tests.Tensors;

public class LowRankTests
{
    [Fact]
    public void Delta_IsTheScaledProductInDoublePrecision()
    {
        using TensorScope scope = TensorScope.Begin();
        LowRank product = LowRank.Of(Tensor.From([1f, 2f, 3f, 4f], 2, 2, 1, 1), Tensor.From([1f, 0f, 0.5f, -1f, 2f, 1f], 2, 3));
        Assert.Equal(2, product.Rank);
        Assert.Equal(DType.Double, product.Delta(0.5).DType);
        Assert.Equal([-0.5, 2, 1.25, -0.5, 4, 2.75], product.Delta(0.5).ToDoubles());
    }

    [Fact]
    public void Sum_AddsRanksAndUpdates()
    {
        using TensorScope scope = TensorScope.Begin();
        LowRank first = Random(6, 2, 5), second = Random(6, 3, 5);
        LowRank sum = LowRank.Sum([(first, 2), (second, -0.25)]);
        Assert.Equal(5, sum.Rank);
        Assert.InRange(Distance(first.Delta(2) + second.Delta(-0.25), sum.Delta(1)), 0, 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    public void Truncate_LosesTheSmallestSingularValues(int rank)
    {
        using TensorScope scope = TensorScope.Begin();
        LowRank whole = Random(8, 4, 5);
        (LowRank result, double[] values) = whole.Truncate(rank);
        Assert.Equal(Math.Min(rank, 4), result.Rank);
        Assert.Equal(4, values.Length);
        Assert.Equal(Math.Sqrt(values.Skip(rank).Sum(value => value * value)), Distance(whole.Delta(1), result.Delta(1)), 1e-10);
        LowRank padded = result.PadTo(6);
        Assert.Equal(6, padded.Rank);
        Assert.Equal(result.Delta(1).ToDoubles(), padded.Delta(1).ToDoubles());
    }

    [Fact]
    public void Truncate_TakesRanksAboveTheSizesOfTheMatrix()
    {
        using TensorScope scope = TensorScope.Begin();
        LowRank whole = Random(3, 7, 4);
        (LowRank result, double[] values) = whole.Truncate(7);
        Assert.Equal(3, result.Rank);
        Assert.Equal(3, values.Length);
        Assert.InRange(Distance(whole.Delta(1), result.Delta(1)), 0, 1e-12);
    }

    [Fact]
    public void Factor_FindsTheRank()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor matrix = Random(9, 2, 7).Delta(3);
        LowRank factors = LowRank.Factor(matrix, 1e-10);
        Assert.Equal(2, factors.Rank);
        Assert.InRange(Distance(matrix, factors.Delta(1)), 0, 1e-12);
    }

    private static LowRank Random(int rows, int rank, int columns) => LowRank.Of(Tensor.RandN(rows, rank), Tensor.RandN(rank, columns));

    private static double Distance(Tensor one, Tensor other) => Math.Sqrt((one - other).Square().Sum().ToDouble());
}
