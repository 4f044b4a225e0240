using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings of <see cref="MergedTrueMonaAdapter"/>.</summary>
public sealed record MergedTrueMonaOptions : AdapterOptions
{
    /// <summary>h, inner channels.</summary>
    [Range(1, 4096)]
    public int HiddenDim { get; init; } = 64;

    /// <summary>Side of the one depthwise kernel, odd.</summary>
    [Range(1, 63)]
    public int Kernel { get; init; } = 7;

    /// <summary>ε of the normalisation.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 1e-5;

    /// <inheritdoc/>
    public override MergeRule Merge => new(false, "merged already: GELU and a norm that depends on the image stay");

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new MergedTrueMonaAdapter(this, channels);
}
