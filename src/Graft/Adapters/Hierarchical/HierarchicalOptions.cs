using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings of <see cref="HierarchicalAdapter"/>.</summary>
public sealed record HierarchicalOptions : AdapterOptions
{
    /// <summary>ρ: hidden channels of the first branch are max(C/ρ, 8).</summary>
    [Range(1, 1024)]
    public int ReductionRatio { get; init; } = 4;

    /// <summary>Reduction of the branch that the original calls attention: C/num_heads hidden channels. There are no heads.</summary>
    [Range(1, 1024)]
    public int NumHeads { get; init; } = 8;

    /// <summary>m: hidden channels of the last branch are m·C.</summary>
    [Range(1, 64)]
    public int MlpRatio { get; init; } = 4;

    /// <summary>First value of all four scales: 0 makes a new adapter the identity; the original says 0 and starts at 0.01.</summary>
    [Range(0.0, 1.0)]
    public double ScaleInit { get; init; }

    /// <inheritdoc/>
    public override MergeRule Merge
        => new(false, "batch norms, scales and group-norm gains fold; four GELUs and two per-image normalisations stay");

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new HierarchicalAdapter(this, channels);
}
