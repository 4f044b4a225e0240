using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings of <see cref="MergedRepMonaAdapter"/>.</summary>
public sealed record MergedRepMonaOptions : AdapterOptions
{
    /// <summary>r, inner channels.</summary>
    [Range(1, 4096)]
    public int Rank { get; init; } = 16;

    /// <summary>Side of the one depthwise kernel, odd.</summary>
    [Range(1, 63)]
    public int Kernel { get; init; } = 7;

    /// <summary>Whether each image's feature map is normalised; a batch norm is folded instead.</summary>
    // Files of merged models hold the key picture_norm.
    public bool PictureNorm { get; init; } = true;

    /// <summary>ε of the normalisation.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 1e-5;

    /// <inheritdoc/>
    public override MergeRule Merge => new(false, PictureNorm
        ? "merged already: GELU and a norm that depends on the image stay"
        : "merged already: GELU keeps the 1×1 convolutions apart");

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new MergedRepMonaAdapter(this, channels);
}
