using System.Globalization;
using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>The differences between the outputs of a rewritten model and those of the original.</summary>
/// <param name="Outputs">One entry per output, input and precision.</param>
public sealed record Proof(IReadOnlyList<ProofEntry> Outputs)
{
    /// <summary>Comparison of the final boxes in the lowest precision that was run; null when only raw outputs were compared.</summary>
    public BoxComparison? Boxes { get; init; }

    /// <summary>Comparison of the final boxes in float64; null when it was not run.</summary>
    public BoxComparison? BoxesDouble { get; init; }

    /// <summary>The original in float32 against itself in float64, which gives its own rounding error, see
    /// <see cref="ProofTolerance.RoundingFactor"/>; null when both were not run.</summary>
    public Proof? Rounding { get; init; }

    /// <summary>The limits up to which a rewrite counts as exact.</summary>
    public ProofTolerance Tolerance { get; init; } = new();

    /// <summary>Largest absolute difference of any value in the lowest precision that was run.</summary>
    public double MaxAbsolute => Lowest.Max(output => output.MaxAbsolute);

    /// <summary>Largest difference relative to the largest value of its output, in the lowest precision that was run.</summary>
    public double MaxRelative => Lowest.Max(output => output.MaxRelative);

    /// <summary>The same in double precision, where rounding is too small to conceal a wrong formula; null when it was not run.</summary>
    public double? MaxRelativeDouble => Outputs.Where(output => output.Precision == DType.Double)
        .Select(output => (double?)output.MaxRelative).DefaultIfEmpty().Max();

    /// <summary>What is above the tolerance, one sentence each; empty when the rewrite is exact.</summary>
    public IReadOnlyList<string> Objections =>
    [
        .. Outputs.Select(output => (Output: output, Allowed: Allowed(output))).Where(found => found.Output.MaxRelative > found.Allowed)
            .OrderByDescending(found => found.Output.MaxRelative / found.Allowed)
            .Select(found => string.Create(CultureInfo.InvariantCulture, $"{found.Output} differs by {found.Output.MaxRelative:g3} of its largest value, the limit is {found.Allowed:g3}")),
        .. BoxesDouble?.Objections(Tolerance.BoxPixels, 0) ?? [],
        .. Boxes?.Objections(
            Math.Max(Tolerance.BoxPixels, Tolerance.RoundingFactor * (Rounding?.Boxes?.MaxPixels ?? 0)),
            (int)(Tolerance.RoundingFactor * (Rounding?.Boxes?.Unmatched ?? 0))) ?? [],
    ];

    /// <summary>Whether everything is within the tolerance.</summary>
    public bool IsExact => Objections.Count == 0;

    private IEnumerable<ProofEntry> Lowest
    {
        get
        {
            int lowest = Outputs.Max(output => Coarseness(output.Precision));
            return Outputs.Where(output => Coarseness(output.Precision) == lowest);
        }
    }

    /// <summary>Compares outputs value by value.</summary>
    /// <param name="outputs">Name, value of the original, value of the rewritten model.</param>
    /// <exception cref="GraftException">Shapes differ, or a value is not finite.</exception>
    public static Proof Of(params IEnumerable<(string Name, Tensor Before, Tensor After)> outputs)
        => new([.. outputs.Select(output => ProofEntry.Of(output.Name, output.Before, output.After))]);

    /// <summary>Refuses when the largest absolute difference is above a tolerance.</summary>
    /// <returns>This proof.</returns>
    /// <exception cref="MergeRefusedException">It is above the tolerance (exit code 6).</exception>
    public Proof Require(double tolerance)
    {
        ProofEntry worst = Outputs.MaxBy(output => output.MaxAbsolute)!;
        return worst.MaxAbsolute <= tolerance ? this : throw new MergeRefusedException(
            string.Create(CultureInfo.InvariantCulture, $"The rewritten model is not the original: {worst} differs by {worst.MaxAbsolute:g3}, the limit is {tolerance:g3}."), this);
    }

    /// <summary>Refuses when anything is above <see cref="Tolerance"/>.</summary>
    /// <returns>This proof.</returns>
    /// <exception cref="MergeRefusedException">A difference is above it (exit code 6); the message names the largest.</exception>
    public Proof Require() => IsExact ? this : throw new MergeRefusedException(
        $"The rewritten model is not the original: {Objections[0]}{(Objections.Count > 1 ? $"; {Counted.Of(Objections.Count - 1, "other output")} {(Objections.Count == 2 ? "exceeds its limit" : "exceed their limits")} too" : "")}.", this);

    private double Allowed(ProofEntry output)
    {
        double rounding = output.Precision == DType.Double ? 0
            : Rounding?.Outputs.Where(own => own.Name == output.Name).Select(own => own.MaxRelative).DefaultIfEmpty().Max() ?? 0;
        return Math.Max(Tolerance.Of(output.Precision), Tolerance.RoundingFactor * rounding);
    }

    private static int Coarseness(DType type) => type switch { DType.Double => 0, DType.Float => 1, _ => 2 };
}
