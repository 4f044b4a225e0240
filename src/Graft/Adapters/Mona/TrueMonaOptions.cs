namespace Graft.Adapters;

/// <summary>Settings of <see cref="TrueMonaAdapter"/>, first version.</summary>
public sealed record TrueMonaOptions : TrueMonaBaseOptions
{
    /// <summary>Start U at random, as the original's first version does: then a new adapter changes the model's output. Off, U starts at
    /// zero.</summary>
    public bool RandomUp { get; init; }

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new TrueMonaAdapter(this, channels, RandomUp);
}
