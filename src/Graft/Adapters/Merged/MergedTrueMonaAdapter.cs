using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>u = D·diag(γ/s + γx)·x + d − (μ/s)·q; y = x + U·GELU(P·(W₇∗u + w) + p) + b: a merged True-MoNA.</summary>
/// <remarks>μ and s are mean and deviation over the image's feature map, so the first 1×1 convolution has other weights for each image;
/// average,
/// inner residuals and all three kernels are in W₇ and P.</remarks>
public sealed class MergedTrueMonaAdapter : Adapter
{
    private readonly double _epsilon;

    /// <summary>Builds it for C channels, U and b zero.</summary>
    public MergedTrueMonaAdapter(MergedTrueMonaOptions options, int channels)
        : base(options, channels)
    {
        int hidden = options.HiddenDim;
        _epsilon = options.Epsilon;
        Gamma = AddParameter("gamma", Tensor.Zeros(channels));
        GammaX = AddParameter("gammax", Tensor.Ones(channels));
        Offset = AddParameter("offset", Tensor.Zeros(hidden));
        Down = Add("down", new Conv2d(channels, hidden));
        Depthwise = Add("depthwise", new Conv2d(hidden, hidden, options.Kernel, groups: hidden));
        Projector = Add("projector", new Conv2d(hidden, hidden));
        Up = Add("up", Zero(hidden, channels));
        Conv2d.Pack(this);
    }

    /// <summary>γ, C.</summary>
    public Parameter Gamma { get; }

    /// <summary>γx, C.</summary>
    public Parameter GammaX { get; }

    /// <summary>q = D·γ, h: the share of the image's mean in u.</summary>
    public Parameter Offset { get; }

    /// <summary>D and d, C to h.</summary>
    public Conv2d Down { get; }

    /// <summary>W₇ and w, h channels.</summary>
    public Conv2d Depthwise { get; }

    /// <summary>P and p, h to h.</summary>
    public Conv2d Projector { get; }

    /// <summary>U and b, h to C.</summary>
    public Conv2d Up { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [Up.Weight, Up.Bias!];

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x)
    {
        ImageMoments image = ImageMoments.Of(x, _epsilon);
        Tensor gain = (Gamma.Value.Reshape(1, 1, -1) * image.Scale.Reshape(-1, 1, 1)) + GammaX.Value;              // B×1×C
        Tensor weight = gain * Down.Weight.Value.Flatten(1);                                                         // B×h×C
        Tensor bias = Down.Bias!.Value - (Offset.Value * (image.Mean * image.Scale).Reshape(-1, 1));              // B×h
        Tensor u = EachImage(x, weight.Reshape(-1, Channels, 1, 1), bias.Reshape(-1));                             // B×h×H×W
        return Up.ForwardPlus(Projector.Forward(Depthwise.Forward(u)).Gelu(), x);
    }

    /// <summary>A 1×1 convolution with weights of its own for each image: images are groups.</summary>
    private static Tensor EachImage(Tensor x, Tensor weight, Tensor bias)
    {
        long batch = x.Size(0), height = x.Size(2), width = x.Size(3);
        return x.Reshape(1, -1, height, width).Conv2d(weight, bias, groups: (int)batch).Reshape(batch, -1, height, width);
    }
}
