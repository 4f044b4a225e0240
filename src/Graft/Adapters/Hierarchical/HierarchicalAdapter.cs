using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>Four residual branches one after the other: bottleneck, two 3×3 convolutions, channel squeeze, channel expansion.</summary>
/// <remarks>The squeeze (key <c>attn</c>) is called multi-head attention in the original. It is no attention but a 1×1 bottleneck per
/// pixel, and <c>num_heads</c> is its reduction.</remarks>
public sealed class HierarchicalAdapter : Adapter
{
    /// <summary>Builds it for C channels.</summary>
    public HierarchicalAdapter(HierarchicalOptions options, int channels)
        : base(options, channels)
    {
        int hidden = Math.Max(channels / options.ReductionRatio, 8), squeezed = Math.Max(channels / options.NumHeads, 1);
        Scale1 = AddParameter("scale1", Tensor.Full([1], options.ScaleInit));
        Scale2 = AddParameter("scale2", Tensor.Full([1], options.ScaleInit));
        Scale3 = AddParameter("scale3", Tensor.Full([1], options.ScaleInit));
        ScaleSqueeze = AddParameter("scale_attn", Tensor.Full([1], options.ScaleInit));
        Down = Add("down", new NormedConv(channels, hidden, 1, activate: true));
        Up = Add("up", new NormedConv(hidden, channels, 1, activate: false));
        DoubleConv = Add("double_conv", new Sequential(
            new NormedConv(channels, channels, 3, activate: true), new NormedConv(channels, channels, 3, activate: false)));
        Norm1 = Add("norm1", new GroupNorm(Groups(channels), channels));
        Squeeze = Add("attn", new PointwiseMlp(channels, squeezed));
        Norm2 = Add("norm2", new GroupNorm(Groups(channels), channels));
        Expand = Add("mlp", new PointwiseMlp(channels, options.MlpRatio * channels));
    }

    /// <summary>Scale of the bottleneck.</summary>
    public Parameter Scale1 { get; }

    /// <summary>Scale of the 3×3 convolutions.</summary>
    public Parameter Scale2 { get; }

    /// <summary>Scale of the expansion.</summary>
    public Parameter Scale3 { get; }

    /// <summary>Scale of the squeeze.</summary>
    public Parameter ScaleSqueeze { get; }

    /// <summary>C to h.</summary>
    public NormedConv Down { get; }

    /// <summary>h to C.</summary>
    public NormedConv Up { get; }

    /// <summary>Two <see cref="NormedConv"/> of 3×3, C to C.</summary>
    public Sequential DoubleConv { get; }

    /// <summary>Before the squeeze.</summary>
    public GroupNorm Norm1 { get; }

    /// <summary>Before the expansion.</summary>
    public GroupNorm Norm2 { get; }

    /// <summary>C to C/num_heads and back.</summary>
    public PointwiseMlp Squeeze { get; }

    /// <summary>C to m·C and back.</summary>
    public PointwiseMlp Expand { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [Scale1, Scale2, Scale3, ScaleSqueeze];

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x)
    {
        x += Up.Forward(Down.Forward(x)) * Scale1.Value;
        x += DoubleConv.Forward(x) * Scale2.Value;
        x += Squeeze.Forward(Norm1.Forward(x)) * ScaleSqueeze.Value;
        return x + (Expand.Forward(Norm2.Forward(x)) * Scale3.Value);
    }

    // The original takes min(32, C) groups, which fails unless they divide C; the largest divisor up to 32 is the same wherever it works.
    private static int Groups(int channels) => Enumerable.Range(1, Math.Min(32, channels)).Last(groups => channels % groups == 0);
}
