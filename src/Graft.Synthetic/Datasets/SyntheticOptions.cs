namespace Graft.Synthetic;

/// <summary>What the generator draws.</summary>
public sealed record SyntheticOptions
{
    /// <summary>Names of the defect classes; the eight base classes by default.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [.. SyntheticVocabulary.Base.Select(c => c.Name)];

    /// <summary>Names of the materials; all six by default.</summary>
    public IReadOnlyList<string> Materials { get; init; } = SyntheticVocabulary.Materials;

    /// <summary>Whether the surfaces have no defect: to count what a detector finds where nothing is.</summary>
    public bool IsClean { get; init; }
}
