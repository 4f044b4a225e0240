using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>g⊙x + s per channel, in double precision: the form of every normalisation with fixed statistics.</summary>
/// <param name="Gain">g, C.</param>
/// <param name="Shift">s, C.</param>
internal readonly record struct ChannelAffine(Tensor Gain, Tensor Shift)
{
    /// <summary>γ·(x − μ)/√(σ² + ε) + β = g⊙x + s with g = γ/√(σ² + ε) and s = β − μ·g.</summary>
    internal static ChannelAffine Of(BatchNorm2d norm)
    {
        Tensor gain = FoldNorms.Wide(norm.Weight) / (FoldNorms.Wide(norm.RunningVariance) + norm.Epsilon).Sqrt();
        return new(gain, FoldNorms.Wide(norm.Bias) - (FoldNorms.Wide(norm.RunningMean) * gain));
    }

    /// <summary>γ⊙x + β: what a group normalisation computes after the image's mean and deviation are removed.</summary>
    internal static ChannelAffine Of(GroupNorm norm) => new(FoldNorms.Wide(norm.Weight), FoldNorms.Wide(norm.Bias));

    /// <summary>f⊙(g⊙x + s) = (f⊙g)⊙x + f⊙s.</summary>
    internal ChannelAffine Scaled(Tensor factor) => new(Gain * factor, Shift * factor);
}
