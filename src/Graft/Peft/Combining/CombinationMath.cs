using Graft.Torch;

namespace Graft.Peft;

/// <summary>The recipes, for the matrices of one module: A is r×in, B is out×r, everything in double precision.</summary>
internal static class CombinationMath
{
    /// <summary>
    /// PEFT's recipes on the matrices: each is pruned, then merged with weights √|q|, where q is the factor and A's weights have its sign.
    /// </summary>
    internal static LowRank OnMatrices(
        IReadOnlyList<(LowRank Product, double Factor)> terms, Func<Tensor, Tensor> prune, Func<Tensor, Tensor[], Tensor> merge)
    {
        double[] roots = [.. terms.Select(term => Math.Sqrt(Math.Abs(term.Factor)))];
        double[] signed = [.. terms.Select((term, i) => term.Factor < 0 ? -roots[i] : roots[i])];
        Tensor a = merge(Column(signed), [.. terms.Select(term => prune(term.Product.A))]);
        return new LowRank(merge(Column(roots), [.. terms.Select(term => prune(term.Product.B))]), a);
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
