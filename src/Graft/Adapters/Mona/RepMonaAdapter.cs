using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>u = D(norm(x)⊙s₁); m = P·ΣDWₖ(u) + u; y = x + U(GELU(m)⊙s₂) (after Mona, arXiv:2408.08345).</summary>
public sealed class RepMonaAdapter : Adapter
{
    internal RepMonaAdapter(AdapterOptions options, int channels, int rank, IReadOnlyList<int> kernels, bool layerNorm)
        : base(options, channels)
    {
        Scale1 = AddParameter("scale_1", Tensor.Ones(1, channels, 1, 1));
        Scale2 = AddParameter("scale_2", Tensor.Ones(1, rank, 1, 1));
        Norm = Add<Layer>("norm", layerNorm ? new GroupNorm(1, channels) : new BatchNorm2d(channels));
        Down = Add("down_proj", new Conv2d(channels, rank, bias: false));
        Depthwise = Add("dw_convs", MonaKernels.Create(kernels, rank, bias: false));
        Mixing = Add("conv_1x1", new Conv2d(rank, rank, bias: false));
        Up = Add("up_proj", Zero(rank, channels, bias: false));
    }

    /// <summary>s₁, 1×C×1×1.</summary>
    public Parameter Scale1 { get; }

    /// <summary>s₂, 1×r×1×1.</summary>
    public Parameter Scale2 { get; }

    /// <summary><see cref="GroupNorm"/> with one group (mean and deviation over C, H and W) or <see cref="BatchNorm2d"/>.</summary>
    public Layer Norm { get; }

    /// <summary>D, C to r.</summary>
    public Conv2d Down { get; }

    /// <summary>DW, one per kernel size, r channels.</summary>
    public ModuleList<Conv2d> Depthwise { get; }

    /// <summary>P, r to r.</summary>
    public Conv2d Mixing { get; }

    /// <summary>U, r to C.</summary>
    public Conv2d Up { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [Up.Weight];

    internal static MergeRule MergeRuleOf(bool layerNorm) => new(false, layerNorm
        ? "gains and scales fold and the kernels become one; GELU and a norm that depends on the image stay"
        : "norm and scales fold and the kernels become one; GELU stays");

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x)
    {
        if (Training)                                                                // the scales act on the weights: fewer passes over the maps
        {
            Tensor down = Norm.Forward(x).Conv2d(Down.Weight.Value * Scale1.Value);
            Tensor middle = MonaKernels.SumAsOne(Depthwise, down).Conv2d(Mixing.Weight.Value) + down;
            return x + middle.Gelu().Conv2d(Up.Weight.Value * Scale2.Value);
        }

        Tensor u = Down.Forward(Norm.Forward(x) * Scale1.Value);                     // B×r×H×W
        Tensor m = Mixing.Forward(MonaKernels.Sum(Depthwise, u)) + u;
        return x + Up.Forward(m.Gelu() * Scale2.Value);
    }
}
