namespace Graft.Torch.Tests.Tensors;

public class TensorReductionTests
{
    private static Tensor Table => Tensor.From([1.0, 5, 3, 4, 2, 9], 2, 3);

    [Fact]
    public void SumsAndMeans_RunOverAllOrSomeAxes()
    {
        using TensorScope scope = TensorScope.Begin();
        Expect.Values(Table.Sum(), [], 24);
        Expect.Values(Table.Sum(0), [3], 5, 7, 12);
        Expect.Values(Table.Sum(1, keep: true), [2, 1], 9, 15);
        Expect.Values(Table.Sum([0, 1], keep: true), [1, 1], 24);
        Expect.Values(Table.Mean(), [], 4);
        Expect.Values(Table.Mean([1]), [2], 3, 5);
    }

    [Fact]
    public void Variance_DividesByN_UnlessUnbiased()
    {
        using TensorScope scope = TensorScope.Begin();
        Expect.Values(Table.Variance([1]), [2], 8 / 3.0, 26 / 3.0);
        Expect.Values(Table.Variance([1], keep: true), [2, 1], 8 / 3.0, 26 / 3.0);
    }

    [Fact]
    public void MomentsPerChannel_RunOverImagesAndPositions()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.From([1f, 3, 10, 10, 5, 7, 10, 30], 2, 2, 1, 2);
        (Tensor mean, Tensor variance) = t.ChannelMoments();
        Expect.Values(mean, [2], 4, 15);
        Expect.Values(variance, [2], 5, 75);
    }

    [Fact]
    public void MomentsPerImage_RunOverChannelsAndPositions_OfDenseFloatsWithoutGradients()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.From([1f, 3, 5, 7, 100, 100, 100, 104], 2, 2, 1, 2);
        (Tensor mean, Tensor variance) = t.MomentsPerImage()!.Value;
        Expect.Values(mean, [2, 1, 1, 1], 4, 101);
        Expect.Values(variance, [2, 1, 1, 1], 5, 3);
        Assert.Null(t.To(DType.Double).MomentsPerImage());
        Assert.Null(t.Narrow(3, 0, 1).MomentsPerImage());
        t.RequiresGrad = true;
        Assert.Null(t.MomentsPerImage());
        Expect.Refusal("moments", "not defined", () => Tensor.Zeros(0, 2, 1, 2).MomentsPerImage());
    }

    [Fact]
    public void Extremes_OfAllOrAlongAxes()
    {
        using TensorScope scope = TensorScope.Begin();
        Assert.Equal((9, 1), (Table.Max().ToDouble(), Table.Min().ToDouble()));
        Expect.Values(Table.Max([0]), [3], 4, 5, 9);
        Expect.Values(Table.Min([1], keep: true), [2, 1], 1, 2);
        Expect.Values(Table.ArgMax(1), [2], 1, 2);
        Expect.Values(Table.ArgMax(0, keep: true), [1, 3], 1, 0, 1);
    }

    [Fact]
    public void TopK_GivesTheLargestFirst_AndRefusesMoreThanThereAre()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor values, Tensor indices) = Table.TopK(2);
        Expect.Values(values, [2, 2], 5, 3, 9, 4);
        Expect.Values(indices, [2, 2], 1, 2, 2, 0);
        Expect.Refusal("aten::topk", "out of range", () => Table.TopK(4));
    }

    [Fact]
    public void Sort_IsStable_InBothDirections()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.From([2f, 1, 2, 1]);
        Expect.Values(t.Sort().Indices, [4], 1, 3, 0, 2);
        Expect.Values(t.Sort(descending: true).Indices, [4], 0, 2, 1, 3);
        Expect.Values(Table.Sort(0).Values, [2, 3], 1, 2, 3, 4, 5, 9);
    }

    [Fact]
    public void AnyAndAll_ReadMasks()
    {
        using TensorScope scope = TensorScope.Begin();
        Assert.Equal([true], Table.Above(8).Any().ToArray<bool>());
        Assert.Equal([false], Table.Above(8).All().ToArray<bool>());
        Assert.Equal([true], Table.Above(0).All().ToArray<bool>());
    }

    [Fact]
    public void Norms_AreEuclidean()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.From([3.0, -4, 0, 0], 2, 2);
        Expect.Values(t.Norm([1]), [2], 5, 0);
        Expect.Values(t.Norm([0, 1], keep: true), [1, 1], 5);
        Expect.Values(t.ToUnitLength(-1), [2, 2], 0.6, -0.8, 0, 0);
    }
}
