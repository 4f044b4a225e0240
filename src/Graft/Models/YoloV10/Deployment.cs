using Graft.Models.Blocks;
using Graft.Rewriting;
using Graft.Torch.Layers;

namespace Graft.Models.YoloV10;

/// <summary>Rewrites YOLOv10 for deployment: everything that only training needs is dropped.</summary>
public static class Deployment
{
    /// <summary>A new model with normalisations and parallel branches folded into convolutions, and without the one-to-many head.</summary>
    /// <param name="source">Not changed.</param>
    /// <param name="oneToMany">Keep the one-to-many head, for prediction with NMS.</param>
    /// <param name="log">Receives what was folded.</param>
    /// <exception cref="GraftException">An adapter is attached between a convolution and what is folded into it.</exception>
    public static YoloV10 Of(YoloV10 source, bool oneToMany = false, RewriteLog? log = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        YoloV10 target = new(source.Options with { Form = new YoloV10Form(Folded: true, oneToMany && source.Options.Form.OneToMany) });
        try
        {
            target.To(ModelCopy.PrecisionOf(source));
            FoldNorms.Transfer(source, target);
            Report(source, target, log);
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    private static void Report(YoloV10 source, YoloV10 target, RewriteLog? log)
    {
        HashSet<string> kept = [.. target.Modules().Select(found => found.Path)];
        foreach ((string path, Module module) in source.Modules())
        {
            if (module is BranchedDepthwise { Wide: not null })
            {
                log?.Fold($"{path}.conv1", "parallel depthwise convolutions add up: the 3×3 kernel is padded to 7×7", $"{path}.conv");
            }
            else if (module is ConvNorm { Norm: not null } && kept.Contains(path))
            {
                log?.Fold($"{path}.bn", "γ·(W∗x − μ)/√(σ² + ε) + β is a convolution with bias", $"{path}.conv");
            }
        }

        if (source.Options.Form.OneToMany && !target.Options.Form.OneToMany)
        {
            log?.Note("The one-to-many head is dropped: prediction uses the one-to-one head, and this model cannot be trained.");
        }
    }
}
