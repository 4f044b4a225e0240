using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings of <see cref="MergedMoeRepMonaAdapter"/>.</summary>
public sealed record MergedMoeRepMonaOptions : AdapterOptions
{
    /// <summary>r, inner channels.</summary>
    [Range(1, 4096)]
    public int Rank { get; init; } = 16;

    /// <summary>Side of every expert's depthwise kernel after padding, odd.</summary>
    [Range(1, 63)]
    public int Kernel { get; init; } = 7;

    /// <summary>Number of experts.</summary>
    [Range(1, 64)]
    public int Experts { get; init; } = 3;

    /// <summary>k: experts used per image.</summary>
    [Range(1, 64)]
    public int TopK { get; init; } = 2;

    /// <summary>Hidden channels of the squeeze-and-excitation.</summary>
    [Range(1, 4096)]
    public int SeHidden { get; init; } = 4;

    /// <summary>τ: the router's logits are divided by it.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 1;

    /// <summary>Whether a 7×7 spatial attention map multiplies the inner values.</summary>
    public bool SpatialAttention { get; init; }

    /// <summary>ε of the normalisation.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 1e-5;

    /// <inheritdoc/>
    public override MergeRule Merge => new(false, "merged already: router, GELU, attention and a norm that depends on the image stay");

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new MergedMoeRepMonaAdapter(this, channels);
}
