using Graft.Adapters;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>Average and residual of the kernels into one (W₇ = mean of padded Wₖ, one more at the centre), the projector's residual into it
/// (P + I), γ and the norm's gain into one vector, the norm's shift into D's bias: D·(n(x)⊙γ + x⊙γx) + b =
/// D·diag(γ̃/s + γx)·x + (b + D·β̃) − (μ/s)·D·γ̃ with γ̃ = γₙ⊙γ and β̃ = βₙ⊙γ.</summary>
internal static class TrueMonaMergeRule
{
    internal static MergedTrueMonaAdapter Of(TrueMonaAdapter source)
    {
        IReadOnlyList<Conv2d> kernels = Form.Kernels(source.Depthwise);
        MergedTrueMonaAdapter target = Form.Of<MergedTrueMonaAdapter>(
            new MergedTrueMonaOptions
            {
                HiddenDim = source.Down.Output,
                Kernel = ParallelDepthwise.Side(kernels),
                Epsilon = source.Norm.Epsilon,
            },
            source);
        ChannelAffine norm = ChannelAffine.Of(source.Norm).Scaled(FoldNorms.Wide(source.Gamma).Reshape(-1));
        Pointwise down = Pointwise.Of(source.Down);
        target.Gamma.Value.CopyFrom(norm.Gain);
        target.GammaX.Value.CopyFrom(source.GammaX.Value.Reshape(-1));
        target.Offset.Value.CopyFrom(down.Weight.MatMul(norm.Gain));
        new Pointwise(down.Weight, down.Bias! + down.Weight.MatMul(norm.Shift)).Fill(target.Down);
        ParallelDepthwise.Sum(kernels).Scaled(1.0 / kernels.Count).WithResidual().Fill(target.Depthwise);
        Pointwise.Of(source.Projector).WithResidual().Fill(target.Projector);
        Pointwise.Of(source.Up).Scaled(source.Strength).Fill(target.Up);
        return target;
    }
}
