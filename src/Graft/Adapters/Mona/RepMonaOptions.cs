using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings of <see cref="RepMonaAdapter"/>.</summary>
public sealed record RepMonaOptions : AdapterOptions
{
    /// <summary>r, inner channels.</summary>
    [Range(1, 4096)]
    public int Rank { get; init; } = 16;

    /// <summary>Sides of the depthwise kernels, odd.</summary>
    [Range(1, 63)]
    public IReadOnlyList<int> KernelSizes { get; init; } = [3, 5, 7];

    /// <summary>Normalise over C, H and W of each image (the original calls it layer norm); otherwise batch norm.</summary>
    public bool UseLayerNorm { get; init; } = true;

    /// <inheritdoc/>
    public override MergeRule Merge => RepMonaAdapter.MergeRuleOf(UseLayerNorm);

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new RepMonaAdapter(this, channels, Rank, KernelSizes, UseLayerNorm);
}
