using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings of <see cref="MergedHierarchicalAdapter"/>.</summary>
public sealed record MergedHierarchicalOptions : AdapterOptions
{
    /// <summary>Hidden channels of the bottleneck.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 64;

    /// <summary>Hidden channels of the squeeze.</summary>
    [Range(1, 65536)]
    public int Squeezed { get; init; } = 32;

    /// <summary>Hidden channels of the expansion.</summary>
    [Range(1, 262144)]
    public int Expanded { get; init; } = 1024;

    /// <summary>Groups of both normalisations.</summary>
    [Range(1, 65536)]
    public int Groups { get; init; } = 32;

    /// <summary>ε of both normalisations.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>The share of the change that is applied; four chained branches leave no weight that it could be folded into.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 1;

    /// <inheritdoc/>
    public override MergeRule Merge => new(false, "merged already: three GELUs and two normalisations that depend on the image stay");

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new MergedHierarchicalAdapter(this, channels);
}
