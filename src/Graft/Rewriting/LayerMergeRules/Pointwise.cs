using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>W·x + b per cell of a feature map, in double precision: a 1×1 convolution. It has no padding, so any affine map before or
/// after it folds into it exactly.</summary>
/// <param name="Weight">W, out×in.</param>
/// <param name="Bias">b, out; null for zero.</param>
internal readonly record struct Pointwise(Tensor Weight, Tensor? Bias)
{
    /// <summary>The map of a 1×1 convolution.</summary>
    /// <exception cref="ArgumentException">It is another kind of convolution.</exception>
    internal static Pointwise Of(Conv2d conv)
        => conv is { Kernel: 1, Stride: 1, Padding: 0, Groups: 1 }
            ? new(FoldNorms.Wide(conv.Weight).Flatten(1), conv.Bias is { } bias ? FoldNorms.Wide(bias) : null)
            : throw new ArgumentException($"A {conv.Kernel}×{conv.Kernel} convolution with {conv.Groups} groups is not pointwise.", nameof(conv));

    /// <summary>W·(g⊙x + s) + b = (W·diag(g))·x + (W·s + b): gains scale <em>input</em> columns.</summary>
    internal Pointwise After(ChannelAffine before) => new(Weight * before.Gain.Reshape(1, -1), Plus(Weight.MatMul(before.Shift)));

    /// <summary>W·(V·x + c) + b = (W·V)·x + (W·c + b).</summary>
    internal Pointwise After(Pointwise before)
        => new(Weight.MatMul(before.Weight), before.Bias is { } shift ? Plus(Weight.MatMul(shift)) : Bias);

    /// <summary>W·(f⊙x) + b = (W·diag(f))·x + b.</summary>
    internal Pointwise AfterScale(Tensor factor) => new(Weight * factor.Reshape(1, -1), Bias);

    /// <summary>f·(W·x + b) = (f·W)·x + f·b.</summary>
    internal Pointwise Scaled(Tensor factor) => new(Weight * factor, Bias is { } bias ? bias * factor : null);

    /// <summary>f·(W·x + b) for a number.</summary>
    internal Pointwise Scaled(double factor) => new(Weight * factor, Bias is { } bias ? bias * factor : null);

    /// <summary>W·x + b + x = (W + I)·x + b.</summary>
    internal Pointwise WithResidual() => new(Weight + Tensor.Eye(Weight.Size(0)).To(DType.Double), Bias);

    /// <summary>Copies weight and bias into a 1×1 convolution of the same channels, in its precision.</summary>
    internal void Fill(Conv2d target)
    {
        target.Weight.Value.CopyFrom(Weight.Unsqueeze(2).Unsqueeze(3));
        if (Bias is { } bias)
        {
            target.Bias!.Value.CopyFrom(bias);
        }
    }

    private Tensor Plus(Tensor moved) => Bias is { } bias ? moved + bias : moved;
}
