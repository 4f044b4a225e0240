namespace Graft.Torch;

/// <summary>A product B·A of two thin matrices in double precision: the update of a LoRA (arXiv:2106.09685).</summary>
/// <param name="B">out×r.</param>
/// <param name="A">r×in.</param>
public readonly record struct LowRank(Tensor B, Tensor A)
{
    /// <summary>Inner size r.</summary>
    public int Rank => (int)A.Shape[0];

    /// <summary>Views two weights as matrices: the first axis gives the rows, all others the columns.</summary>
    public static LowRank Of(Tensor b, Tensor a) => new(Matrix(b), Matrix(a));

    /// <summary>The exact sum of several products; ranks add up.</summary>
    /// <param name="terms">Products of one size, each with its factor, which goes into A.</param>
    public static LowRank Sum(IEnumerable<(LowRank Product, double Factor)> terms)
    {
        (LowRank Product, double Factor)[] all = [.. terms];
        return new(Tensor.Cat([.. all.Select(term => term.Product.B)], 1), Tensor.Cat([.. all.Select(term => term.Product.A * term.Factor)], 0));
    }

    /// <summary>Factorises a matrix, keeping every singular value above a share of the largest.</summary>
    /// <param name="matrix">out×in.</param>
    /// <param name="threshold">Share of the largest singular value below which one counts as zero.</param>
    public static LowRank Factor(Tensor matrix, double threshold)
    {
        (Tensor u, Tensor s, Tensor vt) = matrix.Svd();
        double[] values = s.ToDoubles();
        return Split(u, s, vt, values.Count(value => value > values[0] * threshold));
    }

    /// <summary>scaling · B·A, out×in.</summary>
    public Tensor Delta(double scaling) => B.MatMul(A) * scaling;

    /// <summary>The best approximation of at most a rank (truncated SVD); only a matrix of the old rank is decomposed.</summary>
    /// <param name="rank">Largest rank of the result.</param>
    /// <returns>The product, and all singular values of B·A in descending order.</returns>
    public (LowRank Product, double[] SingularValues) Truncate(int rank)
    {
        // B·A = Qb·(Rb·Raᵀ)·Qaᵀ with Q orthogonal.
        (Tensor qb, Tensor rb) = B.Qr();
        (Tensor qa, Tensor ra) = A.Transpose(0, 1).Qr();
        (Tensor u, Tensor s, Tensor vt) = rb.MatMul(ra.Transpose(0, 1)).Svd();
        LowRank core = Split(u, s, vt, (int)Math.Min(rank, s.Count));
        return (new(qb.MatMul(core.B), core.A.MatMul(qa.Transpose(0, 1))), s.ToDoubles());
    }

    /// <summary>The same product, zero-padded to a rank.</summary>
    public LowRank PadTo(int rank)
    {
        long missing = rank - Rank;
        return missing <= 0 ? this
            : new(Tensor.Cat([B, Tensor.Zeros([B.Shape[0], missing], DType.Double)], 1), Tensor.Cat([A, Tensor.Zeros([missing, A.Shape[1]], DType.Double)], 0));
    }

    /// <summary>Splits the singular values: their square root goes into both factors.</summary>
    private static LowRank Split(Tensor u, Tensor s, Tensor vt, int rank)
    {
        Tensor root = s.Narrow(0, 0, rank).Sqrt();
        return new(u.Narrow(1, 0, rank) * root.Reshape(1, rank), vt.Narrow(0, 0, rank) * root.Reshape(rank, 1));
    }

    private static Tensor Matrix(Tensor weight) => weight.To(DType.Double).Reshape(weight.Shape[0], -1);
}
