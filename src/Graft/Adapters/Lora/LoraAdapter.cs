using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>y = x + (α/r)·B(dropout(A(x))): a low-rank residual on the feature map (after arXiv:2106.09685).</summary>
public sealed class LoraAdapter : Adapter
{
    private readonly double _dropout;

    /// <summary>Builds it for C channels: A uniform ±1/√C, B zero.</summary>
    public LoraAdapter(LoraOptions options, int channels)
        : base(options, channels)
    {
        _dropout = options.Dropout;
        Scaling = options.Alpha / options.Rank;
        A = Add("lora_A", new Conv2d(channels, options.Rank, bias: false));
        B = Add("lora_B", WithWeight(new Conv2d(options.Rank, channels, bias: false), Tensor.Zeros(channels, options.Rank, 1, 1)));
    }

    /// <summary>α/r.</summary>
    public double Scaling { get; }

    /// <summary>C to r.</summary>
    public Conv2d A { get; }

    /// <summary>r to C.</summary>
    public Conv2d B { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [B.Weight];

    /// <summary>The matrix of the whole adapter at its present strength, I + strength·(α/r)·B·A, C×C in float64.</summary>
    public override Tensor Matrix()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor update = LowRank.Of(B.Weight.Value, A.Weight.Value).Delta(Scaling * Strength);
        return scope.Keep(update + Tensor.Eye(Channels).To(DType.Double));
    }

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x)
    {
        Tensor inner = A.Forward(x);
        inner = _dropout > 0 && Training ? inner.Dropout(_dropout, training: true) : inner;
        Tensor change = B.Forward(inner);
        return x + (Scaling == 1 ? change : change * Scaling);
    }
}
