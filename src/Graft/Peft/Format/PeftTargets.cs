namespace Graft.Peft;

/// <summary>Which modules a configuration names: a list of names, one regular expression, or nothing.</summary>
public sealed record PeftTargets
{
    /// <summary>Names nothing.</summary>
    public static readonly PeftTargets None = new();

    /// <summary>Module names or endings of them; empty when <see cref="Pattern"/> is used.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>A regular expression that must match the whole module name; null when <see cref="Names"/> is used.</summary>
    public string? Pattern { get; init; }

    /// <summary>PEFT's keyword for every linear layer.</summary>
    public bool AllLinear => Pattern == "all-linear";

    /// <summary>Whether anything is named.</summary>
    public bool IsEmpty => Names.Count == 0 && Pattern is null;
}
