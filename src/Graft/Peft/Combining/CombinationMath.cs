using Graft.Torch;

namespace Graft.Peft;

/// <summary>The recipes, for the matrices of one module: A is r×in, B is out×r, everything in double precision.</summary>
internal static class CombinationMath
{
    private static readonly Operator Svd = new("aten::linalg_svd");
    private static readonly Operator Qr = new("aten::linalg_qr");

    /// <summary>Stacks the matrices: B·A becomes exactly the sum of q·B·A.</summary>
    internal static (Tensor A, Tensor B) Cat(IReadOnlyList<(Tensor A, Tensor B, double Q)> pairs)
        => (Tensor.Cat([.. pairs.Select(pair => pair.A * pair.Q)], 0), Tensor.Cat([.. pairs.Select(pair => pair.B)], 1));

    /// <summary>The best pair of a rank for the sum of q·B·A; the sum itself is never formed, only its small core.</summary>
    internal static (Tensor A, Tensor B) Truncated(IReadOnlyList<(Tensor A, Tensor B, double Q)> pairs, int rank)
    {
        (Tensor a, Tensor b) = Cat(pairs);
        Tensor[] left = Qr.CallMany(b, "reduced"), right = Qr.CallMany(a.Transpose(0, 1), "reduced");
        Tensor core = left[1].MatMul(right[1].Transpose(0, 1));
        Tensor[] parts = Svd.CallMany(core, false);
        long kept = Math.Min(rank, parts[1].Shape[0]);
        Tensor roots = parts[1].Narrow(0, 0, kept).Sqrt();
        Tensor newB = left[0].MatMul(parts[0].Narrow(1, 0, kept)) * roots;
        Tensor newA = roots.Reshape(-1, 1) * parts[2].Narrow(0, 0, kept).MatMul(right[0].Transpose(0, 1));
        return kept == rank ? (newA, newB)
            : (Tensor.Cat([newA, Tensor.Zeros([rank - kept, newA.Shape[1]], DType.Double)], 0),
                Tensor.Cat([newB, Tensor.Zeros([newB.Shape[0], rank - kept], DType.Double)], 1));
    }

    /// <summary>
    /// PEFT's recipes on the matrices: each is thinned out, then merged with weights √|q|, where A's carry the sign of q.
    /// </summary>
    internal static (Tensor A, Tensor B) OnMatrices(
        IReadOnlyList<(Tensor A, Tensor B, double Q)> pairs, Func<Tensor, Tensor> thin, Func<Tensor, Tensor[], Tensor> merge)
    {
        double[] roots = [.. pairs.Select(pair => Math.Sqrt(Math.Abs(pair.Q)))];
        double[] signed = [.. pairs.Select((pair, i) => pair.Q < 0 ? -roots[i] : roots[i])];
        return (merge(Column(signed), [.. pairs.Select(pair => thin(pair.A))]),
            merge(Column(roots), [.. pairs.Select(pair => thin(pair.B))]));
    }

    /// <summary>The sum of the weighted matrices.</summary>
    internal static Tensor Sum(Tensor weights, Tensor[] matrices) => (Tensor.Stack(matrices, 0) * weights).Sum(0);

    /// <summary>Entries that agree with the elected sign, weighted, summed, and divided by how many agree.</summary>
    internal static Tensor Elected(Tensor weights, Tensor[] matrices, bool byCount)
    {
        Tensor stack = Tensor.Stack(matrices, 0), signs = Sign(stack);
        Tensor votes = (byCount ? signs : stack).Sum(0);
        Tensor majority = votes.AtLeast(0).To(DType.Double) * 2 - 1;
        Tensor agrees = (signs - majority).EqualTo(0).To(DType.Double);
        return (stack * weights * agrees).Sum(0) / agrees.Sum(0).Clamp(low: 1);
    }

    /// <summary>Keeps the share of entries with the largest magnitudes.</summary>
    internal static Tensor KeepLargest(Tensor matrix, double density)
    {
        double[] values = matrix.ToDoubles();
        int kept = (int)(density * values.Length);
        int[] order = [.. Enumerable.Range(0, values.Length).OrderByDescending(i => Math.Abs(values[i])).Skip(kept)];
        foreach (int i in order)
        {
            values[i] = 0;
        }

        return Tensor.From<double>(values, matrix.Shape);
    }

    /// <summary>Keeps each entry with a probability and divides it by that probability.</summary>
    internal static Tensor KeepRandom(Tensor matrix, double density, SplitMix64 random)
    {
        double[] values = matrix.ToDoubles();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.Uniform() < density ? values[i] / density : 0;
        }

        return Tensor.From<double>(values, matrix.Shape);
    }

    private static Tensor Column(double[] values) => Tensor.From<double>(values, values.Length).Reshape(-1, 1, 1);

    private static Tensor Sign(Tensor value) => value.Above(0).To(DType.Double) - (-value).Above(0).To(DType.Double);
}
