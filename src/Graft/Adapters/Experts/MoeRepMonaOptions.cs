namespace Graft.Adapters;

/// <summary>Settings of <see cref="MoeRepMonaAdapter"/>, first version.</summary>
public sealed record MoeRepMonaOptions : MoeRepMonaBaseOptions
{
    /// <inheritdoc/>
    public override Adapter Create(int channels) => new MoeRepMonaAdapter(this, channels, spatialAttention: false, loadBalanceWeight: 0);
}
