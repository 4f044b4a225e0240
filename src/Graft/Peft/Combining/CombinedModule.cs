namespace Graft.Peft;

/// <summary>One module after combining.</summary>
/// <param name="Path">The module.</param>
/// <param name="Rank">Rank of the new pair.</param>
/// <param name="RelativeError">Norm of the difference from the weighted sum of the updates, over the norm of that sum.</param>
public sealed record CombinedModule(string Path, int Rank, double RelativeError);
