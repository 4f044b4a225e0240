using Graft.Models.Blocks;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.YoloWorld;

/// <summary>Folds the normalisations of networks that read text or have a vocabulary baked in.</summary>
public static class YoloWorldFolding
{
    /// <summary>A new network without normalisations with fixed statistics: units keep one convolution with bias, and the
    /// normalisation before the comparison moves into the text.</summary>
    /// <remarks>With g = γ/√(σ² + ε) and s = β − μ·g: ⟨g⊙z + s, ŵ⟩ = ⟨z, g⊙ŵ⟩ + ⟨s, ŵ⟩ where text is read; where it is baked in,
    /// projection, normalisation and vocabulary are affine maps in a row, E·diag(g)·(P·h + p) + …, and become one where that is cheaper.</remarks>
    /// <param name="source">Not changed.</param>
    /// <param name="log">Receives what was folded.</param>
    /// <exception cref="GraftException">An adapter is attached inside a unit.</exception>
    public static YoloWorld Of(YoloWorld source, RewriteLog? log = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Options.Form.Folded)
        {
            return ModelCopy.Of(source);
        }

        YoloWorldForm form = source.Options.Form with { Folded = true, ComposedHead = Composes(source) };
        YoloWorld target = YoloWorld.Fresh(source.Options with { Form = form }, ModelCopy.PrecisionOf(source));
        try
        {
            source.CopyPrompts(target);
            HashSet<Module> filled = [.. Enumerable.Range(0, 3).SelectMany(level => FoldHead(source.Head, target.Head, level, log))];
            FoldNorms.Transfer(source, target, filled);
            ModelCopy.CopyFollowers(source, target);
            foreach ((string path, Module module) in source.Modules())
            {
                if (module is ConvNorm { Norm: not null })
                {
                    log?.Fold($"{path}.bn", "γ·(W∗x − μ)/√(σ² + ε) + β is a convolution with bias", $"{path}.conv");
                }
            }

            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>Whether projection and baked vocabulary become one convolution: nothing is between them, and the product is
    /// smaller.</summary>
    private static bool Composes(YoloWorld source)
    {
        YoloWorldOptions options = source.Options;
        long classes = options.Form.BakedHead, hidden = options.ClassHidden, width = options.ClassEmbedding;
        return classes > 0 && classes * hidden < width * (classes + hidden)
            && source.Head.ClassBranches.All(branch => branch is { Follower: null, Layers: [.., { Follower: null }] })
            && source.Head.Contrasts.All(contrast => contrast is BakedContrast { Norm.Follower: null, Conv.Follower: null });
    }

    /// <summary>Fills one level's comparison with text, and returns the filled modules.</summary>
    private static IEnumerable<Module> FoldHead(Head source, Head target, int level, RewriteLog? log)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Contrast from = source.Contrasts[level], into = target.Contrasts[level];
        string path = $"bbox_head.head_module.cls_contrasts.{level}", projection = $"bbox_head.head_module.cls_preds.{level}.2";
        into.Follower = from.Follower;
        switch (from, into)
        {
            case (NormContrast read, AffineContrast affine):
                affine.Fill(read);
                log?.Fold($"{path}.norm", "⟨g⊙z + s, ŵ⟩ = ⟨z, g⊙ŵ⟩ + ⟨s, ŵ⟩", path);
                return [into];
            case (BakedContrast { Norm: { } before } baked, BakedContrast { Norm: null } folded):
                Pointwise.Of(baked.Conv).After(ChannelAffine.Of(before)).Fill(folded.Conv);
                folded.Conv.Follower = baked.Conv.Follower;
                log?.Fold($"{path}.norm", "a normalisation before a 1×1 convolution scales its input columns", $"{path}.conv");
                return [into, folded.Conv];
            case (BakedContrast { Norm: { } before } baked, ComposedContrast):
                Conv2d last = Projection(target, level);
                Pointwise.Of(baked.Conv).After(ChannelAffine.Of(before)).After(Pointwise.Of(Projection(source, level))).Fill(last);
                log?.Fold(path, "affine maps in a row are one", projection);
                return [into, last];
            default:
                return [];
        }
    }

    private static Conv2d Projection(Head head, int level) => (Conv2d)head.ClassBranches[level].Layers[^1];
}
