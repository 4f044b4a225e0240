using Graft.Torch;

namespace Graft.Models.Blocks;

/// <summary>Scaled dot-product attention (arXiv:1706.03762) over several heads.</summary>
public static class HeadedAttention
{
    /// <summary>Mixes values by the similarity of queries and keys, scaled by 1/√(head width).</summary>
    /// <param name="query">B×L×C.</param>
    /// <param name="key">B×S×C.</param>
    /// <param name="value">B×S×C.</param>
    /// <param name="heads">Number of heads; divides C.</param>
    /// <param name="mask">Added to the B×heads×L×S scores, broadcast; null for none.</param>
    /// <returns>B×L×C.</returns>
    public static Tensor Run(Tensor query, Tensor key, Tensor value, int heads, Tensor? mask = null)
    {
        (long batch, long length, long width) = (query.Size(0), query.Size(1), query.Size(2));
        long head = width / heads;
        Tensor scores = Split(query * (1 / Math.Sqrt(head))).MatMul(Split(key).Transpose(-2, -1));            // B×heads×L×S
        Tensor weights = (mask is null ? scores : scores + mask).Softmax(-1);
        return weights.MatMul(Split(value)).Transpose(1, 2).Reshape(batch, length, width);

        Tensor Split(Tensor x) => x.Reshape(batch, x.Size(1), heads, head).Transpose(1, 2);
    }

    /// <summary>L×L zeros with −∞ above the diagonal: no position attends to later ones.</summary>
    public static Tensor CausalMask(long length)
    {
        float[] mask = new float[length * length];
        for (long row = 0; row < length; row++)
        {
            mask.AsSpan((int)(row * length + row + 1), (int)(length - row - 1)).Fill(float.NegativeInfinity);
        }

        return Tensor.From(mask, length, length);
    }
}
