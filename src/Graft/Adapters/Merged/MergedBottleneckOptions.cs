using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings of <see cref="MergedBottleneckAdapter"/>.</summary>
public sealed record MergedBottleneckOptions : AdapterOptions
{
    /// <summary>h, inner channels.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 64;

    /// <inheritdoc/>
    public override MergeRule Merge => new(false, "merged already: GELU between the two 1×1 convolutions keeps them apart");

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new MergedBottleneckAdapter(this, channels);
}
