namespace Graft.Adapters;

/// <summary>Settings of <see cref="TrueMonaAdapter"/>, second version: U always starts at zero.</summary>
public sealed record TrueMonaV2Options : TrueMonaBaseOptions
{
    /// <inheritdoc/>
    public override Adapter Create(int channels) => new TrueMonaAdapter(this, channels, randomUp: false);
}
