using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings of <see cref="RepMonaAdapter"/> with batch normalisation.</summary>
public sealed record RepMonaBnOptions : AdapterOptions
{
    /// <summary>r, inner channels.</summary>
    [Range(1, 4096)]
    public int Rank { get; init; } = 16;

    /// <summary>Sides of the depthwise kernels, odd.</summary>
    [Range(1, 63)]
    public IReadOnlyList<int> KernelSizes { get; init; } = [3, 5, 7];

    /// <inheritdoc/>
    public override MergeRule Merge => RepMonaAdapter.MergeRuleOf(layerNorm: false);

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new RepMonaAdapter(this, channels, Rank, KernelSizes, layerNorm: false);
}
