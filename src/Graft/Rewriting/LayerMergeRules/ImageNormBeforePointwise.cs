using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>D·(((x − μ)/s)⊙g + c) = (D̃·x − μ·q)/s + d with D̃ = D·diag(g), q the row sums of D̃, d = D·c: mean μ and deviation s of
/// the image are scalars, so they may come after the 1×1 convolution; they still have to be computed from x.</summary>
/// <param name="Weight">D̃, r×C.</param>
/// <param name="Offset">q, r.</param>
/// <param name="Shift">d, r.</param>
internal readonly record struct ImageNormBeforePointwise(Tensor Weight, Tensor Offset, Tensor Shift)
{
    /// <summary>Folds gain and shift of a group normalisation with one group, scaled by s₁, into the convolution after it.</summary>
    internal static ImageNormBeforePointwise Of(GroupNorm norm, Parameter scale, Conv2d down)
    {
        ChannelAffine affine = ChannelAffine.Of(norm).Scaled(FoldNorms.Wide(scale).Reshape(-1));
        Pointwise folded = Pointwise.Of(down).After(affine);
        return new(folded.Weight, folded.Weight.Sum(1), folded.Bias!);
    }
}
