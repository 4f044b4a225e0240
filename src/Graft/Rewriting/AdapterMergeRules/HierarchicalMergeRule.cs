using Graft.Adapters;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>Batch norms into their convolutions, each branch's scale into its last convolution, gain and shift of each group norm into the
/// 1×1 convolution after it; three GELUs and the mean and deviation of each image remain.</summary>
internal static class HierarchicalMergeRule
{
    internal static MergedHierarchicalAdapter Of(HierarchicalAdapter source)
    {
        MergedHierarchicalAdapter target = Form.Of<MergedHierarchicalAdapter>(
            new MergedHierarchicalOptions
            {
                HiddenDim = source.Down.Conv.Output,
                Squeezed = source.Squeeze.First.Output,
                Expanded = source.Expand.First.Output,
                Groups = source.Norm1.Groups,
                Epsilon = source.Norm1.Epsilon,
                Share = source.Strength,
            },
            source);
        NormedPointwise.Of(source.Down).Fill(target.Down);
        NormedPointwise.Of(source.Up).Scaled(FoldNorms.Wide(source.Scale1)).Fill(target.Up);
        Fill(target.First, (NormedConv)source.DoubleConv.Layers[0], null);
        Fill(target.Second, (NormedConv)source.DoubleConv.Layers[1], FoldNorms.Wide(source.Scale2));
        Branch(source.Norm1, source.Squeeze, source.ScaleSqueeze, target.Squeeze, target.Unsqueeze);
        Branch(source.Norm2, source.Expand, source.Scale3, target.Expand, target.Contract);
        return target;
    }

    private static void Branch(GroupNorm norm, PointwiseMlp pair, Parameter scale, Conv2d first, Conv2d second)
    {
        Pointwise.Of(pair.First).After(ChannelAffine.Of(norm)).Fill(first);
        Pointwise.Of(pair.Second).Scaled(FoldNorms.Wide(scale)).Fill(second);
    }

    private static void Fill(Conv2d target, NormedConv unit, Tensor? scale)
    {
        using Conv2d folded = FoldNorms.Fold(unit.Conv, unit.Norm);
        Tensor weight = FoldNorms.Wide(folded.Weight), bias = FoldNorms.Wide(folded.Bias!);
        target.Weight.Value.CopyFrom(scale is null ? weight : weight * scale);
        target.Bias!.Value.CopyFrom(scale is null ? bias : bias * scale);
    }
}
