namespace Graft.Torch.Tests.Tensors;

public class TensorLinearAlgebraTests
{
    [Theory]
    [InlineData(4, 3)]
    [InlineData(3, 5)]
    [InlineData(1, 1)]
    public void SingularValues_DescendAndReconstructTheMatrix(long rows, long columns)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor a = Tensor.RandN(rows, columns).To(DType.Double);
        (Tensor u, Tensor s, Tensor vt) = a.Svd();
        long k = Math.Min(rows, columns);
        Assert.Equal([[rows, k], [k], [k, columns]], new[] { u.Shape, s.Shape, vt.Shape });
        double[] values = s.ToDoubles();
        Assert.Equal(values.OrderDescending(), values);
        Expect.Values((u * s).MatMul(vt), [rows, columns], a.ToDoubles());
        Expect.Values(u.Transpose(0, 1).MatMul(u), [k, k], Tensor.Eye(k).ToDoubles());
    }

    [Fact]
    public void QrFactors_AreOrthogonalAndTriangular()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor a = Tensor.RandN(4, 3).To(DType.Double);
        (Tensor q, Tensor r) = a.Qr();
        Expect.Values(q.Transpose(0, 1).MatMul(q), [3, 3], Tensor.Eye(3).ToDoubles());
        Expect.Values(q.MatMul(r), [4, 3], a.ToDoubles());
        Assert.Equal((0, 0, 0), (r.Select(0, 1).ToDoubles()[0], r.Select(0, 2).ToDoubles()[0], r.Select(0, 2).ToDoubles()[1]));
    }

    [Fact]
    public void Inverse_UndoesAMatrix_AndRefusesASingularOne()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor a = Tensor.From([2.0, 1, 5, 3], 2, 2);
        Expect.Values(a.Inverse(), [2, 2], 3, -1, -5, 2);
        Expect.Refusal("aten::linalg_inv", "singular", () => Tensor.Ones(2, 2).Inverse());
    }

    [Fact]
    public void Einsum_SumsTheLettersThatTheResultLacks()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor a = Tensor.Arange(6).Reshape(2, 3), b = Tensor.Arange(6).Reshape(3, 2);
        Expect.Values(Tensor.Einsum("ij,jk->ik", a, b), [2, 2], a.MatMul(b).ToDoubles());
        Expect.Values(Tensor.Einsum("ij->", a), [], 15);
    }
}
