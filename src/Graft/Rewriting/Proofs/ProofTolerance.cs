using System.ComponentModel.DataAnnotations;
using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>The limits up to which a rewrite counts as exact.</summary>
public sealed record ProofTolerance
{
    /// <summary>Largest difference relative to an output's largest value when both models run in float32, which is due to rounding.</summary>
    [Range(0.0, 1.0)]
    public double Single { get; init; } = 1e-4;

    /// <summary>The same in float64, where rounding is too small to conceal a wrong formula.</summary>
    [Range(0.0, 1.0)]
    public double Double { get; init; } = 1e-9;

    /// <summary>Largest distance of a final box's side, in pixels.</summary>
    [Range(0.0, 100.0)]
    public double BoxPixels { get; init; } = 0.01;

    /// <summary>In float32 a rewrite may also differ by this multiple of the original's own rounding error (its float32 against its
    /// float64): a network that amplifies rounding does so in any form, while a wrong formula shows in float64. 0: never.</summary>
    [Range(0.0, 100.0)]
    public double RoundingFactor { get; init; } = 4;

    internal double Of(DType precision) => precision == DType.Double ? Double : Single;
}
