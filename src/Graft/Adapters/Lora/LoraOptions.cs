using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings of <see cref="LoraAdapter"/>.</summary>
public sealed record LoraOptions : AdapterOptions
{
    /// <summary>r, inner channels.</summary>
    [Range(1, 4096)]
    public int Rank { get; init; } = 16;

    /// <summary>α: the branch is scaled by α/r.</summary>
    [Range(0.0, 100000.0)]
    public double Alpha { get; init; } = 16;

    /// <summary>Share of inner values dropped while training.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override MergeRule Merge
        => new(true, "linear and without bias: I + (α/r)·B·A folds into every convolution that reads the output, or back into a plain 1×1");

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new LoraAdapter(this, channels);
}
