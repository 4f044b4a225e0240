using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>K∗(M·x) = K̃∗x with K̃[o,i] = Σⱼ K[o,j]·M[j,i]: a linear adapter folds into every convolution that reads its output. Zero
/// padding stays zero, because M·0 = 0; a shift v would not, so M·x + v folds only where nothing is padded: b̃ = b + Σ K·v.</summary>
internal static class LinearIntoReaders
{
    /// <summary>Checks that the map can fold into every reader.</summary>
    /// <exception cref="MergeRefusedException">It cannot fold into one of them; the message names it and the reason.</exception>
    internal static void Require(IReadOnlyList<FlowReader> readers, LinearMap map)
    {
        foreach ((string path, Conv2d conv, _) in readers)
        {
            string? why = conv.Groups != 1 ? "a grouped convolution, which reads only some of the mixed channels"
                : map.Shift is not null && conv.Padding > 0 ? "padded with zeros, to which a shift does not apply"
                : map.Shift is not null && conv.Bias is null ? "without a bias that a shift could be added to"
                : null;
            if (why is not null)
            {
                throw new MergeRefusedException($"{path} reads its output and is {why}.");
            }
        }

        FlowReader? partial = readers.FirstOrDefault(reader => reader.Copies(map.Matrix.Size(0)) is null);
        if (partial is not null)
        {
            throw new MergeRefusedException($"{partial.Path} reads only some of its channels, and each of them is a linear combination of all.");
        }
    }

    /// <summary>Folds the map into one reader.</summary>
    internal static void Apply(FlowReader reader, LinearMap map)
    {
        Tensor weight = FoldNorms.Wide(reader.Conv.Weight);
        foreach (Segment[] copy in reader.Copies(map.Matrix.Size(0))!)
        {
            Tensor own = Tensor.Cat([.. copy.Select(part => weight.Narrow(1, part.At, part.Length))], 1);               // O×C×k×k
            Tensor mixed = own.Permute(0, 2, 3, 1).MatMul(map.Matrix).Permute(0, 3, 1, 2);
            foreach (Segment part in copy)
            {
                reader.Conv.Weight.Value.Narrow(1, part.At, part.Length).CopyFrom(mixed.Narrow(1, part.From, part.Length));
            }

            if (map.Shift is { } shift)
            {
                reader.Conv.Bias!.Value.CopyFrom(FoldNorms.Wide(reader.Conv.Bias) + own.Sum([2, 3]).MatMul(shift));
            }
        }
    }
}
