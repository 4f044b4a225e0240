using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings of <see cref="MoeRepMonaAdapter"/>, second version: spatial attention and a load-balancing loss.</summary>
public sealed record MoeRepMonaV2Options : MoeRepMonaBaseOptions
{
    /// <summary>Whether a 7×7 spatial attention map multiplies the inner values.</summary>
    public bool SpatialAttention { get; init; } = true;

    /// <summary>λ: weight of the load-balancing loss over experts.</summary>
    [Range(0.0, 100.0)]
    public double LoadBalanceWeight { get; init; } = 0.01;

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new MoeRepMonaAdapter(this, channels, SpatialAttention, LoadBalanceWeight);
}
