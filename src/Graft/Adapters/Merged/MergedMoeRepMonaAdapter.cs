using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>u = (D·x − μ·q)/s + d; W = Σ gₑ·Wₑ per image; a = SE(GELU(P·(W∗u) + u)), perhaps ⊙ spatial attention; y = x + U·a.</summary>
/// <remarks>A merged MoE-Rep-MoNA: the router's gates mix the kernels before they run, so one depthwise convolution replaces all
/// experts.</remarks>
public sealed class MergedMoeRepMonaAdapter : Adapter
{
    private readonly int _kernel;
    private readonly double _epsilon;

    /// <summary>Builds it for C channels, U zero.</summary>
    public MergedMoeRepMonaAdapter(MergedMoeRepMonaOptions options, int channels)
        : base(options, channels)
    {
        int rank = options.Rank;
        (_kernel, _epsilon) = (options.Kernel, options.Epsilon);
        Offset = AddParameter("offset", Tensor.Zeros(1, rank, 1, 1));
        Shift = AddParameter("shift", Tensor.Zeros(1, rank, 1, 1));
        Kernels = AddParameter("experts", Init.Default(options.Experts, rank, _kernel, _kernel));
        Down = Add("down", new Conv2d(channels, rank, bias: false));
        Router = Add("router", new Router(channels, options.Experts, options.TopK, options.Temperature, noise: false));
        Mixing = Add("mixing", new Conv2d(rank, rank, bias: false));
        Excitation = Add("se", new SqueezeExcitation(rank, options.SeHidden));
        Spatial = options.SpatialAttention ? Add("spatial", new Conv2d(2, 1, 7, bias: false)) : null;
        Up = Add("up", Zero(rank, channels, bias: false));
        Conv2d.Pack(this);
    }

    /// <summary>q, 1×r×1×1.</summary>
    public Parameter Offset { get; }

    /// <summary>d, 1×r×1×1.</summary>
    public Parameter Shift { get; }

    /// <summary>Wₑ, E×r×k×k.</summary>
    public Parameter Kernels { get; }

    /// <summary>D, C to r.</summary>
    public Conv2d Down { get; }

    /// <summary>Decides from the normalised channel means.</summary>
    public Router Router { get; }

    /// <summary>P, r to r.</summary>
    public Conv2d Mixing { get; }

    /// <summary>Squeeze-and-excitation over the r channels.</summary>
    public SqueezeExcitation Excitation { get; }

    /// <summary>7×7 over mean and maximum of the channels, or null.</summary>
    public Conv2d? Spatial { get; }

    /// <summary>U, r to C.</summary>
    public Conv2d Up { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [Up.Weight];

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x)
    {
        ImageMoments image = ImageMoments.Of(x, _epsilon);
        Tensor u = (Down.Forward(x) * image.Scale) + (Shift.Value - (Offset.Value * image.Mean * image.Scale));  // B×r×H×W
        Tensor pooled = (image.Channels - image.Mean.Reshape(-1, 1)) * image.Scale.Reshape(-1, 1);              // B×C
        Tensor a = Excitation.Forward((Mixing.Forward(Mixed(u, Router.Forward(pooled).Gates)) + u).Gelu());
        if (Spatial is not null)
        {
            a = SpatialAttention.Apply(Spatial, a);
        }

        return Up.ForwardPlus(a, x);
    }

    /// <summary>Each image's own mixture of kernels, B×r×H×W: images and channels are groups.</summary>
    private Tensor Mixed(Tensor u, Tensor gates)
    {
        long[] shape = u.Shape;
        long groups = shape[0] * shape[1];
        Tensor kernels = gates.MatMul(Kernels.Value.Flatten(1)).Reshape(groups, 1, _kernel, _kernel);
        return u.Reshape(1, groups, shape[2], shape[3]).Conv2d(kernels, padding: _kernel / 2, groups: (int)groups).Reshape(shape);
    }
}
