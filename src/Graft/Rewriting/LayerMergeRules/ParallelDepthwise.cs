using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>Σ Wₖ∗u = (Σ Wₖ padded with zeros to the largest side)∗u, borders included: each branch pads the map by half its own kernel,
/// and the zeros around its kernel have the same effect. Biases add.</summary>
/// <param name="Weight">C×1×k×k.</param>
/// <param name="Bias">C; null for zero.</param>
internal readonly record struct ParallelDepthwise(Tensor Weight, Tensor? Bias)
{
    /// <summary>The sum of the branches as one kernel.</summary>
    internal static ParallelDepthwise Sum(IReadOnlyList<Conv2d> branches)
    {
        int side = Side(branches);
        Tensor weight = branches.Select(branch => Padded(branch, side)).Aggregate((sum, next) => sum + next);
        Tensor? bias = branches[0].Bias is null ? null
            : branches.Select(branch => FoldNorms.Wide(branch.Bias!)).Aggregate((sum, next) => sum + next);
        return new(weight, bias);
    }

    /// <summary>Side of the largest kernel.</summary>
    internal static int Side(IReadOnlyList<Conv2d> branches) => branches.Max(branch => branch.Kernel);

    /// <summary>A kernel padded with zeros to the given side.</summary>
    internal static Tensor Padded(Conv2d branch, int side)
    {
        int margin = (side - branch.Kernel) / 2;
        return FoldNorms.Wide(branch.Weight).Pad([margin, margin, margin, margin]);
    }

    /// <summary>f·(W∗u + b).</summary>
    internal ParallelDepthwise Scaled(double factor) => new(Weight * factor, Bias is { } bias ? bias * factor : null);

    /// <summary>W∗u + b + u: one more at the centre tap.</summary>
    internal ParallelDepthwise WithResidual()
    {
        long side = Weight.Size(-1);
        float[] centre = new float[side * side];
        centre[centre.Length / 2] = 1;
        return new(Weight + Tensor.From(centre, 1, 1, side, side).To(DType.Double), Bias);
    }

    /// <summary>Copies weight and bias into a depthwise convolution of that side.</summary>
    internal void Fill(Conv2d target)
    {
        target.Weight.Value.CopyFrom(Weight);
        if (Bias is { } bias)
        {
            target.Bias!.Value.CopyFrom(bias);
        }
    }
}
