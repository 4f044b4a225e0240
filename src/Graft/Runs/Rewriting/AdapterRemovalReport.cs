namespace Graft.Runs;

/// <summary>The result of unmerging adapters.</summary>
/// <param name="Exact">Whether the weights equal those before the merge bit for bit, because the base was given.</param>
/// <param name="MaxRelative">Difference of the weights, merged again, from the merged ones: the largest, relative to the largest value
/// of the tensor.</param>
/// <param name="Tuned">Unfrozen tensors, which keep their tuned values.</param>
public sealed record AdapterRemovalReport(bool Exact, double MaxRelative, int Tuned);
