using Graft.Adapters;
using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>x + s·BN(U·GELU(BN(D·x))) = x + Ũ·GELU(D̃·x + d) + u: both norms and the scale fold, GELU remains.</summary>
internal static class BottleneckMergeRule
{
    internal static MergedBottleneckAdapter Of(BottleneckAdapter source)
    {
        MergedBottleneckAdapter target = Form.Of<MergedBottleneckAdapter>(new MergedBottleneckOptions { HiddenDim = source.Down.Conv.Output }, source);
        Tensor scale = FoldNorms.Wide(source.Scale) * source.Strength;
        NormedPointwise.Of(source.Down).Fill(target.Down);
        NormedPointwise.Of(source.Up).Scaled(scale).Fill(target.Up);
        return target;
    }
}
