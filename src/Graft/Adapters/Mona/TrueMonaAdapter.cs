using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>z = norm(x)⊙γ + x⊙γx; u = D·z; v = mean of DWₖ(u) + u; m = P·v + v; y = x + U·dropout(GELU(m)) (arXiv:2408.08345).</summary>
/// <remarks>All convolutions have biases. The published Mona normalises each token over its channels; here, as in the original of this
/// module, the norm runs over C, H and W together.</remarks>
public sealed class TrueMonaAdapter : Adapter
{
    internal static readonly MergeRule Rule = new(
        false, "kernels, average and inner residual become one kernel and the projector takes its residual in; GELU and the norm stay");

    private readonly double _dropout;

    internal TrueMonaAdapter(TrueMonaBaseOptions options, int channels, bool randomUp)
        : base(options, channels)
    {
        int hidden = options.HiddenDim;
        _dropout = options.Dropout;
        Gamma = AddParameter("gamma", Tensor.Full([1, channels, 1, 1], options.GammaInit));
        GammaX = AddParameter("gammax", Tensor.Ones(1, channels, 1, 1));
        Norm = Add("norm", new GroupNorm(1, channels));
        Down = Add("down_proj", WithWeight(new Conv2d(channels, hidden), Init.XavierUniform(hidden, channels, 1, 1)));
        Depthwise = Add("dw_convs", MonaKernels.Create(options.KernelSizes, hidden, bias: true));
        Projector = Add("projector", WithWeight(new Conv2d(hidden, hidden), Init.XavierUniform(hidden, hidden, 1, 1)));
        Up = Add("up_proj", randomUp ? WithWeight(new Conv2d(hidden, channels), Init.XavierUniform(channels, hidden, 1, 1)) : Zero(hidden, channels));
        using NoGrad off = NoGrad.Begin();
        for (int i = 0; i < Depthwise.Count; i++)
        {
            Depthwise[i].Bias!.Value.Fill(0);
        }
    }

    /// <summary>γ, 1×C×1×1.</summary>
    public Parameter Gamma { get; }

    /// <summary>γx, 1×C×1×1.</summary>
    public Parameter GammaX { get; }

    /// <summary>One group: mean and deviation over C, H and W.</summary>
    public GroupNorm Norm { get; }

    /// <summary>D, C to h.</summary>
    public Conv2d Down { get; }

    /// <summary>DW, one per kernel size, h channels.</summary>
    public ModuleList<Conv2d> Depthwise { get; }

    /// <summary>P, h to h.</summary>
    public Conv2d Projector { get; }

    /// <summary>U, h to C.</summary>
    public Conv2d Up { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [Up.Weight, Up.Bias!];

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x)
    {
        Tensor u = Down.Forward((Norm.Forward(x) * Gamma.Value) + (x * GammaX.Value));     // B×h×H×W
        double share = 1.0 / Depthwise.Count;
        Tensor v = Training ? MonaKernels.SumAsOne(Depthwise, u, share, residual: true) : (MonaKernels.Sum(Depthwise, u) * share) + u;
        Tensor m = (Projector.Forward(v) + v).Gelu();
        m = _dropout > 0 && Training ? m.Dropout(_dropout, training: true) : m;
        return x + Up.Forward(m);
    }
}
