using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>u = (D·x − μ·q)/s + d; y = x + U·GELU(P·(W₇∗u) + u): a merged Rep-MoNA. One 1×1, one depthwise kernel, two 1×1.</summary>
/// <remarks>μ and s are mean and deviation over the image's feature map; without <see cref="MergedRepMonaOptions.PictureNorm"/> μ = 0
/// and s = 1.</remarks>
public sealed class MergedRepMonaAdapter : Adapter
{
    private readonly double _epsilon;

    /// <summary>Builds it for C channels, U zero.</summary>
    public MergedRepMonaAdapter(MergedRepMonaOptions options, int channels)
        : base(options, channels)
    {
        int rank = options.Rank;
        _epsilon = options.Epsilon;
        if (options.PictureNorm)
        {
            Offset = AddParameter("offset", Tensor.Zeros(1, rank, 1, 1));
            Shift = AddParameter("shift", Tensor.Zeros(1, rank, 1, 1));
        }

        Down = Add("down", new Conv2d(channels, rank, bias: !options.PictureNorm));
        Depthwise = Add("depthwise", new Conv2d(rank, rank, options.Kernel, groups: rank, bias: false));
        Mixing = Add("mixing", new Conv2d(rank, rank, bias: false));
        Up = Add("up", Zero(rank, channels, bias: false));
        Conv2d.Pack(this);
    }

    /// <summary>q, 1×r×1×1: the share of the image's mean in D·x; null without the image's norm.</summary>
    public Parameter? Offset { get; }

    /// <summary>d, 1×r×1×1; null without the image's norm, where it is D's bias.</summary>
    public Parameter? Shift { get; }

    /// <summary>D, C to r.</summary>
    public Conv2d Down { get; }

    /// <summary>W₇, r channels.</summary>
    public Conv2d Depthwise { get; }

    /// <summary>P, r to r.</summary>
    public Conv2d Mixing { get; }

    /// <summary>U, r to C.</summary>
    public Conv2d Up { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [Up.Weight];

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x)
    {
        Tensor u = Down.Forward(x);                                                          // B×r×H×W
        if (Offset is not null)
        {
            (Tensor mean, Tensor scale) = ImageMoments.WholeOf(x, _epsilon);
            u = (u * scale) + (Shift!.Value - (Offset.Value * mean * scale));
        }

        return Up.ForwardPlus(Mixing.ForwardPlus(Depthwise.Forward(u), u).Gelu(), x);
    }
}
