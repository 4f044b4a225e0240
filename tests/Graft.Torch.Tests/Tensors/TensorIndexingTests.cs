namespace Graft.Torch.Tests.Tensors;

public class TensorIndexingTests
{
    private static Tensor Table => Tensor.From([0f, 1, 2, 10, 11, 12], 2, 3);

    [Fact]
    public void IndexSelect_PicksRows_EvenTwice()
    {
        using TensorScope scope = TensorScope.Begin();
        Expect.Values(Table.IndexSelect(1, Tensor.From([2L, 0, 2])), [2, 3], 2, 0, 2, 12, 10, 12);
        Expect.Refusal("aten::index_select", "out of DATA bounds", () => Table.IndexSelect(1, Tensor.From([3L])));
    }

    [Fact]
    public void GatherAndScatter_AreInverseAlongAnAxis()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor positions = Tensor.From([2L, 0], 2, 1);
        Tensor picked = Table.Gather(1, positions);
        Expect.Values(picked, [2, 1], 2, 10);
        Expect.Values(Tensor.Zeros(2, 3).Scatter(1, positions, picked), [2, 3], 0, 0, 2, 10, 0, 0);
    }

    [Fact]
    public void Index_TakesPositionsMasksAndWholeAxes()
    {
        using TensorScope scope = TensorScope.Begin();
        Expect.Values(Table.Index(Tensor.From([1L, 0]), Tensor.From([1L, 2])), [2], 11, 2);
        Expect.Values(Table.Index(null, Tensor.From([1L])), [2, 1], 1, 11);
        Expect.Values(Table.Index(Table.Above(1.5)), [4], 2, 10, 11, 12);
    }

    [Fact]
    public void NonZero_ListsPositions_OneHotMakesThem()
    {
        using TensorScope scope = TensorScope.Begin();
        Expect.Values(Tensor.From([0f, 5, 6, 0], 2, 2).NonZero(), [2, 2], 0, 1, 1, 0);
        Expect.Values(Tensor.From([2L, 0]).OneHot(3), [2, 3], 0, 0, 1, 1, 0, 0);
    }

    [Fact]
    public void Embed_LooksRowsUp()
    {
        using TensorScope scope = TensorScope.Begin();
        Expect.Values(Tensor.From([1L, 1, 0]).Embed(Table), [3, 3], 10, 11, 12, 10, 11, 12, 0, 1, 2);
    }

    [Fact]
    public void Masks_ChooseAndFill()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor mask = Tensor.From([true, false]), yes = Tensor.From([1f, 2]), no = Tensor.From([3f, 4]);
        Expect.Values(mask.Where(yes, no), [2], 1, 4);
        Expect.Values(yes.MaskedFill(mask, -1), [2], -1, 2);
        Expect.Values(yes, [2], 1, 2);
    }
}
