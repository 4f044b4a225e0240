using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>Four residual branches without batch norms, gains and scales: a merged hierarchical adapter.</summary>
/// <remarks>x₁ = x + U·GELU(D·x); x₂ = x₁ + K₂∗GELU(K₁∗x₁); x₃ = x₂ + S₂·GELU(S₁·n(x₂)); y = x₃ + E₂·GELU(E₁·n(x₃)), all with biases;
/// n normalises each group of channels.</remarks>
public sealed class MergedHierarchicalAdapter : Adapter
{
    private readonly int _groups;
    private readonly double _epsilon;

    /// <summary>Builds it for C channels; the last convolution of each branch is zero.</summary>
    public MergedHierarchicalAdapter(MergedHierarchicalOptions options, int channels)
        : base(options, channels)
    {
        (_groups, _epsilon, Strength) = (options.Groups, options.Epsilon, options.Share);
        Down = Add("down", new Conv2d(channels, options.HiddenDim));
        Up = Add("up", Zero(options.HiddenDim, channels));
        First = Add("conv1", new Conv2d(channels, channels, 3));
        Second = Add("conv2", Zero(channels, channels, 3));
        Squeeze = Add("squeeze", new Conv2d(channels, options.Squeezed));
        Unsqueeze = Add("unsqueeze", Zero(options.Squeezed, channels));
        Expand = Add("expand", new Conv2d(channels, options.Expanded));
        Contract = Add("contract", Zero(options.Expanded, channels));
        Conv2d.Pack(this);
    }

    /// <summary>D, C to h.</summary>
    public Conv2d Down { get; }

    /// <summary>U, h to C.</summary>
    public Conv2d Up { get; }

    /// <summary>K₁, 3×3.</summary>
    public Conv2d First { get; }

    /// <summary>K₂, 3×3.</summary>
    public Conv2d Second { get; }

    /// <summary>S₁.</summary>
    public Conv2d Squeeze { get; }

    /// <summary>S₂.</summary>
    public Conv2d Unsqueeze { get; }

    /// <summary>E₁.</summary>
    public Conv2d Expand { get; }

    /// <summary>E₂.</summary>
    public Conv2d Contract { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [.. new[] { Up, Second, Unsqueeze, Contract }.SelectMany(conv => conv.Own)];

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x)
    {
        x = Up.ForwardPlus(Down.Forward(x).Gelu(), x);
        x = Second.ForwardPlus(First.Forward(x).Gelu(), x);
        x = Unsqueeze.ForwardPlus(Squeeze.Forward(Normalised(x)).Gelu(), x);
        return Contract.ForwardPlus(Expand.Forward(Normalised(x)).Gelu(), x);
    }

    private Tensor Normalised(Tensor x) => x.GroupNorm(_groups, null, null, _epsilon);
}
