namespace Graft.Configuration;

/// <summary>One resolved setting.</summary>
/// <param name="Path">Dotted path, <c>train.lr</c>.</param>
/// <param name="Value">The value as it would stand in YAML.</param>
/// <param name="Origin">Where it was given.</param>
public sealed record ConfigEntry(string Path, string Value, ConfigOrigin Origin);
