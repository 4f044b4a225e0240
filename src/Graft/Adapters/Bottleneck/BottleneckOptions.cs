using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings of <see cref="BottleneckAdapter"/>.</summary>
public sealed record BottleneckOptions : AdapterOptions
{
    /// <summary>ρ: hidden channels are max(C/ρ, 8).</summary>
    [Range(1, 1024)]
    public int ReductionRatio { get; init; } = 4;

    /// <summary>First value of the scale: 0 makes a new adapter the identity, the original starts at 0.01, which changes the model's
    /// output.</summary>
    [Range(0.0, 1.0)]
    public double ScaleInit { get; init; }

    /// <inheritdoc/>
    public override MergeRule Merge => new(false, "both norms and the scale fold; GELU between the two 1×1 convolutions keeps them apart");

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new BottleneckAdapter(this, channels);
}
