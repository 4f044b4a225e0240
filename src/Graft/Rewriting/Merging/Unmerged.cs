using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>A network from which adapters were taken out of the weights again.</summary>
/// <param name="Network">The plain network; the caller disposes it.</param>
/// <param name="Exact">Whether its weights are those from before the merge bit for bit, because they were kept.</param>
/// <param name="MaxRelative">Merged once more, how far its weights are from the merged ones: largest difference relative to the largest
/// value of its tensor.</param>
public sealed record Unmerged(DetectionNetwork Network, bool Exact, double MaxRelative);
