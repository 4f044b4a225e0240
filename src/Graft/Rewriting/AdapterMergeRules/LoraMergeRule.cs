using Graft.Adapters;

namespace Graft.Rewriting;

/// <summary>x + (α/r)·B·A·x = x + B̃·A·x with B̃ = (α/r)·B, for a LoRA whose output a nonlinear operator reads: two low-rank convolutions remain.</summary>
internal static class LoraMergeRule
{
    internal static LoraAdapter Of(LoraAdapter source)
    {
        LoraOptions options = (LoraOptions)source.Options;
        LoraAdapter target = Form.Of<LoraAdapter>(options with { Alpha = options.Rank, Dropout = 0 }, source);
        Pointwise.Of(source.A).Fill(target.A);
        Pointwise.Of(source.B).Scaled(source.Scaling * source.Strength).Fill(target.B);
        return target;
    }
}
