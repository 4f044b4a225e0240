using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>A network whose adapters were unmerged.</summary>
/// <param name="Network">The plain network; the caller disposes it.</param>
/// <param name="Exact">Whether its weights equal those before the merge bit for bit, because they were kept.</param>
/// <param name="MaxRelative">Difference of its weights, merged again, from the merged ones: the largest, relative to the largest
/// value of the tensor.</param>
public sealed record Unmerged(DetectionNetwork Network, bool Exact, double MaxRelative);
