using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>y = x + U·GELU(D·x + d) + u: a bottleneck adapter whose norms and scale are folded.</summary>
public sealed class MergedBottleneckAdapter : Adapter
{
    /// <summary>Builds it for C channels, U and u zero.</summary>
    public MergedBottleneckAdapter(MergedBottleneckOptions options, int channels)
        : base(options, channels)
    {
        Down = Add("down", new Conv2d(channels, options.HiddenDim));
        Up = Add("up", Zero(options.HiddenDim, channels));
        Conv2d.Pack(this);
    }

    /// <summary>C to h.</summary>
    public Conv2d Down { get; }

    /// <summary>h to C.</summary>
    public Conv2d Up { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [Up.Weight, Up.Bias!];

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x) => Up.ForwardPlus(Down.Forward(x).Gelu(), x);
}
