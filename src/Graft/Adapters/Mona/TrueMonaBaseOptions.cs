using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings that both versions of <see cref="TrueMonaAdapter"/> share.</summary>
public abstract record TrueMonaBaseOptions : AdapterOptions
{
    /// <summary>h, inner channels.</summary>
    [Range(1, 4096)]
    public int HiddenDim { get; init; } = 64;

    /// <summary>Sides of the depthwise kernels, odd.</summary>
    [Range(1, 63)]
    public IReadOnlyList<int> KernelSizes { get; init; } = [3, 5, 7];

    /// <summary>Share of inner values dropped while training.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.1;

    /// <summary>First value of γ, the weight of the normalised input.</summary>
    [Range(-10.0, 10.0)]
    public double GammaInit { get; init; } = 1e-6;

    /// <inheritdoc/>
    public override MergeRule Merge => TrueMonaAdapter.Rule;
}
