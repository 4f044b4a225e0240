namespace Graft.Rewriting;

/// <summary>How far a merge of adapters goes.</summary>
public sealed record MergeOptions
{
    /// <summary>Refuse when anything of an adapter would stay, instead of keeping it in its cheapest exact form.</summary>
    public bool Completely { get; init; }
}
