using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>y = x + s·BN(U·GELU(BN(D·x))) (after arXiv:1902.00751, with 1×1 convolutions and one scale).</summary>
public sealed class BottleneckAdapter : Adapter
{
    /// <summary>Builds it for C channels.</summary>
    public BottleneckAdapter(BottleneckOptions options, int channels)
        : base(options, channels)
    {
        int hidden = Math.Max(channels / options.ReductionRatio, 8);
        Scale = AddParameter("scale", Tensor.Full([1], options.ScaleInit));
        Down = Add("down_proj", new NormedConv(channels, hidden, 1, activate: true));
        Up = Add("up_proj", new NormedConv(hidden, channels, 1, activate: false));
    }

    /// <summary>s, a scalar.</summary>
    public Parameter Scale { get; }

    /// <summary>C to h.</summary>
    public NormedConv Down { get; }

    /// <summary>h to C.</summary>
    public NormedConv Up { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [Scale];

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x) => x + (Up.Forward(Down.Forward(x)) * Scale.Value);
}
