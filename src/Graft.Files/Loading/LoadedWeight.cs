namespace Graft.Files;

/// <summary>A tensor of a file and its target in the model.</summary>
/// <param name="Entry">The tensor.</param>
/// <param name="Target">The model's name for it.</param>
/// <param name="Rule">The rule that renamed it; null when both names are equal.</param>
public sealed record LoadedWeight(WeightEntry Entry, string Target, string? Rule);
