using Graft.Adapters;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>BN(W·x) = W̃·x + w: the norm after an adapter's 1×1 convolution folds into it, see <see cref="FoldNorms.Fold"/>.</summary>
internal static class NormedPointwise
{
    internal static Pointwise Of(NormedConv unit)
    {
        using Conv2d folded = FoldNorms.Fold(unit.Conv, unit.Norm);
        return Pointwise.Of(folded);
    }
}
