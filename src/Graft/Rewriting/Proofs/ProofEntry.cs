using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>The difference of one output.</summary>
/// <param name="Name">Which output.</param>
/// <param name="MaxAbsolute">Largest |before − after|.</param>
/// <param name="MaxRelative">The same as a share of the largest |before|.</param>
public sealed record ProofEntry(string Name, double MaxAbsolute, double MaxRelative)
{
    /// <summary>Name of the input.</summary>
    public string Input { get; init; } = "";

    /// <summary>The precision in which both ran.</summary>
    public DType Precision { get; init; } = DType.Float;

    /// <summary>Compares one output.</summary>
    /// <exception cref="MergeRefusedException">Shapes differ, or a value is not finite.</exception>
    public static ProofEntry Of(string name, Tensor before, Tensor after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        if (!before.Shape.SequenceEqual(after.Shape))
        {
            throw new MergeRefusedException($"The rewritten model's {name} is {after}, the original's is {before}.");
        }

        Tensor wide = before.To(DType.Double), difference = (wide - after.To(DType.Double)).Abs();
        double most = difference.Count == 0 ? 0 : difference.Max().ToDouble();
        if (!double.IsFinite(most))
        {
            throw new MergeRefusedException($"The output {name} holds NaN or infinity, so the two models cannot be compared.");
        }

        double scale = difference.Count == 0 ? 0 : wide.Abs().Max().ToDouble();
        return new ProofEntry(name, most, scale == 0 ? most : most / scale) { Precision = before.DType };
    }

    /// <summary>Reads like "logits_p3 (double, noise 2×3×96×64)".</summary>
    public override string ToString()
        => Input.Length == 0 ? Name : $"{Name} ({(Precision == DType.Double ? "float64" : "float32")}, {Input})";
}
