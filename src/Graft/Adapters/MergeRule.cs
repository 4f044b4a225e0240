namespace Graft.Adapters;

/// <summary>What a merge does to an adapter.</summary>
/// <param name="IsComplete">Whether nothing of it remains after a merge.</param>
/// <param name="Reason">The rule, or what remains and why.</param>
public readonly record struct MergeRule(bool IsComplete, string Reason);
