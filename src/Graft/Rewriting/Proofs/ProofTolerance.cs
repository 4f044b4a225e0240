using System.ComponentModel.DataAnnotations;
using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>Where a rewrite stops being exact.</summary>
public sealed record ProofTolerance
{
    /// <summary>Largest difference relative to an output's largest value when both models run in float32: rounding, nothing else.</summary>
    [Range(0.0, 1.0)]
    public double Single { get; init; } = 1e-4;

    /// <summary>The same in float64, where a wrong formula cannot hide behind rounding.</summary>
    [Range(0.0, 1.0)]
    public double Double { get; init; } = 1e-9;

    /// <summary>Largest distance of a final box's side, in pixels.</summary>
    [Range(0.0, 100.0)]
    public double BoxPixels { get; init; } = 0.01;

    /// <summary>In float32 a rewrite may also be off by this many times what the original's own rounding does to it (its float32 against its
    /// float64): a network that amplifies rounding amplifies that of any form of it, while a wrong formula shows in float64. 0: never.</summary>
    [Range(0.0, 100.0)]
    public double RoundingFactor { get; init; } = 4;

    internal double Of(DType precision) => precision == DType.Double ? Double : Single;
}
