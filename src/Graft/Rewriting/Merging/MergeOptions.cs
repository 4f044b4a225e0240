namespace Graft.Rewriting;

/// <summary>Settings of a merge of adapters.</summary>
public sealed record MergeOptions
{
    /// <summary>Refuse when an adapter cannot merge completely, instead of keeping it in its cheapest exact form.</summary>
    public bool Completely { get; init; }
}
