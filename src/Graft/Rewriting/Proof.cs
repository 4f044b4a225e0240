using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>How far a rewritten model's answers are from the original's.</summary>
/// <param name="Outputs">One entry an output.</param>
public sealed record Proof(IReadOnlyList<ProofEntry> Outputs)
{
    /// <summary>Largest absolute difference of any value.</summary>
    public double MaxAbsolute => Outputs.Max(output => output.MaxAbsolute);

    /// <summary>Largest difference relative to the largest value of its output.</summary>
    public double MaxRelative => Outputs.Max(output => output.MaxRelative);

    /// <summary>Compares outputs value by value.</summary>
    /// <param name="outputs">Name, value of the original, value of the rewritten model.</param>
    /// <exception cref="GraftException">Shapes differ, or a value is not finite.</exception>
    public static Proof Of(params IEnumerable<(string Name, Tensor Before, Tensor After)> outputs)
        => new([.. outputs.Select(output => ProofEntry.Of(output.Name, output.Before, output.After))]);

    /// <summary>Refuses when the largest absolute difference is above a tolerance.</summary>
    /// <returns>This proof.</returns>
    /// <exception cref="GraftException">It is above the tolerance (exit code 6).</exception>
    public Proof Require(double tolerance)
    {
        ProofEntry worst = Outputs.MaxBy(output => output.MaxAbsolute)!;
        return worst.MaxAbsolute <= tolerance ? this : throw new GraftException(
            Failure.Refused,
            $"The rewritten model is not the original: {worst.Name} differs by {worst.MaxAbsolute:g3}, allowed are {tolerance:g3}.",
            "Keep the original, or look for layers whose statistics are not those of trained weights.");
    }
}

/// <summary>The difference of one output.</summary>
/// <param name="Name">Which output.</param>
/// <param name="MaxAbsolute">Largest |before − after|.</param>
/// <param name="MaxRelative">The same as a share of the largest |before|.</param>
public sealed record ProofEntry(string Name, double MaxAbsolute, double MaxRelative)
{
    /// <summary>Compares one output.</summary>
    /// <exception cref="GraftException">Shapes differ, or a value is not finite.</exception>
    public static ProofEntry Of(string name, Tensor before, Tensor after)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        if (!before.Shape.SequenceEqual(after.Shape))
        {
            throw new GraftException(Failure.Refused, $"The rewritten model's {name} is {after}, the original's is {before}.");
        }

        Tensor wide = before.To(DType.Double), difference = (wide - after.To(DType.Double)).Abs();
        double most = difference.Count == 0 ? 0 : difference.Max().ToDouble();
        if (!double.IsFinite(most))
        {
            throw new GraftException(Failure.Refused, $"The output {name} holds values that are not finite, so the two models cannot be compared.");
        }

        double scale = difference.Count == 0 ? 0 : wide.Abs().Max().ToDouble();
        return new ProofEntry(name, most, scale == 0 ? most : most / scale);
    }
}
