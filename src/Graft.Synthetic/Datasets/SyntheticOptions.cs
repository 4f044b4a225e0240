namespace Graft.Synthetic;

/// <summary>What the generator draws.</summary>
public sealed record SyntheticOptions
{
    /// <summary>Names of the defect classes; the eight base classes by default.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [.. SyntheticVocabulary.Base.Select(c => c.Name)];

    /// <summary>Names of the materials; all six by default.</summary>
    public IReadOnlyList<string> Materials { get; init; } = SyntheticVocabulary.Materials;

    /// <summary>Share of the surfaces without a defect, 0 to 1. With 1, every box that a detector finds is false.</summary>
    public double CleanShare { get; init; } = UsualCleanShare;

    internal const double UsualCleanShare = 0.12;
}
