namespace Graft.Adapters;

/// <summary>What a merge can do with an adapter.</summary>
/// <param name="Dissolves">True when nothing of it remains after a merge.</param>
/// <param name="Reason">The rule, or what remains and why.</param>
public readonly record struct MergeRule(bool Dissolves, string Reason);
