using Graft.Adapters;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>Norm gain, shift and s₁ into D and into the router, the experts' kernels to one size so that Σ gₑ·Wₑ is one kernel per image,
/// s₂ into U; router, GELU, attention and the image's mean and deviation remain.</summary>
internal static class MoeRepMonaMergeRule
{
    internal static MergedMoeRepMonaAdapter Of(MoeRepMonaAdapter source)
    {
        IReadOnlyList<Conv2d> kernels = Form.Kernels(source.Experts);
        int side = ParallelDepthwise.Side(kernels);
        MergedMoeRepMonaAdapter target = Form.Of<MergedMoeRepMonaAdapter>(
            new MergedMoeRepMonaOptions
            {
                Rank = source.Down.Output,
                Kernel = side,
                Experts = kernels.Count,
                TopK = source.Router.Top,
                SeHidden = (int)source.Excitation.First.Weight.Value.Size(0),
                Temperature = source.Router.Temperature,
                SpatialAttention = source.Spatial is not null,
                Epsilon = source.Norm.Epsilon,
            },
            source);
        ImageNormBeforePointwise folded = ImageNormBeforePointwise.Of(source.Norm, source.Scale1, source.Down);
        new Pointwise(folded.Weight, null).Fill(target.Down);
        target.Offset.Value.CopyFrom(folded.Offset.Reshape(1, -1, 1, 1));
        target.Shift.Value.CopyFrom(folded.Shift.Reshape(1, -1, 1, 1));
        Route(source, target.Router);
        target.Kernels.Value.CopyFrom(Tensor.Cat([.. kernels.Select(kernel => ParallelDepthwise.Padded(kernel, side).Transpose(0, 1))], 0));
        Pointwise.Of(source.Mixing).Fill(target.Mixing);
        ModelCopy.CopyState(source.Excitation, target.Excitation);
        if (source.Spatial is { } spatial)
        {
            ModelCopy.CopyState(spatial, target.Spatial!);
        }

        Pointwise.Of(source.Up).AfterScale(FoldNorms.Wide(source.Scale2) * source.Strength).Fill(target.Up);
        return target;
    }

    /// <summary>The mean of z is the normalised mean of x, scaled and shifted: W·(p⊙g + c) + b = (W·diag(g))·p + (W·c + b).</summary>
    private static void Route(MoeRepMonaAdapter source, Router target)
    {
        ChannelAffine affine = ChannelAffine.Of(source.Norm).Scaled(FoldNorms.Wide(source.Scale1).Reshape(-1));
        Pointwise logits = new Pointwise(FoldNorms.Wide(source.Router.Weight), FoldNorms.Wide(source.Router.Bias)).After(affine);
        target.Weight.Value.CopyFrom(logits.Weight);
        target.Bias.Value.CopyFrom(logits.Bias!);
    }
}
