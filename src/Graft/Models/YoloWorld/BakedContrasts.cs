using Graft.Rewriting;
using Graft.Torch;

namespace Graft.Models.YoloWorld;

/// <summary>exp(scale)·⟨x̂, ŵₙ⟩ + bias for N known prompts is a 1×1 convolution with the rows exp(scale)·ŵₙ and the bias
/// repeated.</summary>
internal static class BakedContrasts
{
    /// <summary>Fills a baked comparison from one that reads text.</summary>
    /// <param name="from">Batch-normalised, or with the normalisation moved to the text.</param>
    /// <param name="into">Its baked form.</param>
    /// <param name="prompts">N×D in double precision; their lengths do not matter.</param>
    internal static void Apply(Contrast from, BakedContrast into, Tensor prompts)
    {
        Tensor unit = prompts.ToUnitLength(-1);
        Pointwise map = from switch
        {
            NormContrast norm => new(unit * FoldNorms.Wide(norm.LogitScale).Exp(), Repeated(norm.Bias, prompts)),
            AffineContrast affine => new(
                unit * FoldNorms.Wide(affine.Gain), unit.MatMul(FoldNorms.Wide(affine.Shift)) + FoldNorms.Wide(affine.Bias)),
            _ => throw new MergeRefusedException(
                "The classifier normalises every embedding to length one before it is compared with the prompts; no convolution does that.",
                "A vocabulary can be baked into YOLO-World v2, whose classifier normalises by fixed statistics."),
        };
        map.Fill(into.Conv);
        if (from is NormContrast { Norm: var norms } && into.Norm is { } target)
        {
            ModelCopy.CopyState(norms, target);
        }
    }

    private static Tensor Repeated(Torch.Layers.Parameter bias, Tensor prompts) => FoldNorms.Wide(bias).Reshape(1).Expand(prompts.Size(0));
}
