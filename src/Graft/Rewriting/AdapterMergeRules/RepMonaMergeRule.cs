using Graft.Adapters;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>Norm gain, shift and s₁ into D, the kernels into one, s₂ into U; GELU and, with group norm, the image's mean and deviation
/// remain. The inner residual remains an addition: inside one dense kernel it would cost 49·r² weights.</summary>
internal static class RepMonaMergeRule
{
    internal static MergedRepMonaAdapter Of(RepMonaAdapter source)
    {
        GroupNorm? image = source.Norm as GroupNorm;
        IReadOnlyList<Conv2d> kernels = Form.Kernels(source.Depthwise);
        MergedRepMonaAdapter target = Form.Of<MergedRepMonaAdapter>(
            new MergedRepMonaOptions
            {
                Rank = source.Down.Output,
                Kernel = ParallelDepthwise.Side(kernels),
                PictureNorm = image is not null,
                Epsilon = image?.Epsilon ?? 1e-5,
            },
            source);
        if (image is not null)
        {
            ImageNormBeforePointwise folded = ImageNormBeforePointwise.Of(image, source.Scale1, source.Down);
            new Pointwise(folded.Weight, null).Fill(target.Down);
            target.Offset!.Value.CopyFrom(folded.Offset.Reshape(1, -1, 1, 1));
            target.Shift!.Value.CopyFrom(folded.Shift.Reshape(1, -1, 1, 1));
        }
        else
        {
            ChannelAffine norm = ChannelAffine.Of((BatchNorm2d)source.Norm).Scaled(FoldNorms.Wide(source.Scale1).Reshape(-1));
            Pointwise.Of(source.Down).After(norm).Fill(target.Down);
        }

        ParallelDepthwise.Sum(kernels).Fill(target.Depthwise);
        Pointwise.Of(source.Mixing).Fill(target.Mixing);
        Pointwise.Of(source.Up).AfterScale(FoldNorms.Wide(source.Scale2) * source.Strength).Fill(target.Up);
        return target;
    }
}
