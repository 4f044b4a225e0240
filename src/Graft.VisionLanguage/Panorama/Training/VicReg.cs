using Graft.Torch;

namespace Graft.VisionLanguage;

/// <summary>VICReg (arXiv:2105.04906) between the overlapping columns of neighbouring views, around the whole ring.</summary>
public static class VicReg
{
    private const double Invariance = 25, Spread = 25, Covariance = 1, Epsilon = 1e-4, Largest = 1e6;

    /// <summary>The loss; zero for a single view, which has no neighbour.</summary>
    /// <param name="tokens">B×V×S×D.</param>
    /// <param name="overlap">Share of a view that overlaps its neighbour.</param>
    /// <param name="batchwise">Whether variances and covariances are taken over all pairs at once instead of pair by pair.</param>
    public static Tensor Loss(Tensor tokens, double overlap, bool batchwise = false)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        (long batch, long views, long width) = (tokens.Size(0), tokens.Size(1), tokens.Size(3));
        if (views < 2)
        {
            return tokens.Sum() * 0;
        }

        (int rows, int columns) = PanoramaProjector.Grid((int)tokens.Size(2));
        int shared = Math.Max(1, (int)(columns * overlap));
        Tensor grid = tokens.Reshape(batch, views, rows, columns, width);
        Tensor next = Tensor.Cat([grid.Narrow(1, 1, views - 1), grid.Narrow(1, 0, 1)], 1);
        Tensor left = grid.Narrow(3, columns - shared, shared).Reshape(batch * views, -1, width);      // pairs×L×D: the end of a view
        Tensor right = next.Narrow(3, 0, shared).Reshape(batch * views, -1, width);                    // and the beginning of the next

        Tensor distance = (left - right).Square().Mean([1, 2]);
        Tensor regular = batchwise
            ? Terms(Tensor.Cat([left.Reshape(1, -1, width), right.Reshape(1, -1, width)], 1))
            : (Terms(left) + Terms(right)) * 0.5;
        return (distance * Invariance + regular).Mean().Clamp(high: Largest);
    }

    /// <summary>Weighted variance and covariance terms of every group, groups×rows×D to groups.</summary>
    private static Tensor Terms(Tensor rows)
    {
        (long count, long width) = (rows.Size(1), rows.Size(2));
        Tensor deviation = (rows.Variance([1]) + Epsilon).Sqrt();
        Tensor spread = (1 - deviation).Relu().Mean([1]);
        Tensor centred = rows - rows.Mean([1], keep: true);
        Tensor covariance = centred.Transpose(1, 2).MatMul(centred) / Math.Max(count - 1, 1);
        Tensor off = (covariance * (1 - Tensor.Eye(width).To(rows.DType))).Square().Sum([1, 2]) / width;
        return spread * Spread + off * Covariance;
    }
}
