namespace Graft.Peft;

/// <summary>How adapters are combined.</summary>
public sealed record CombinationOptions
{
    /// <summary>The recipe.</summary>
    public CombinationMethod Method { get; init; } = CombinationMethod.Cat;

    /// <summary>One weight per adapter; negative ones subtract its update.</summary>
    public required IReadOnlyList<double> Weights { get; init; }

    /// <summary>Rank of the result for the two recipes with singular values; null for the largest rank of the adapters.</summary>
    public int? Rank { get; init; }

    /// <summary>Share of the entries that pruning keeps, above 0 and at most 1.</summary>
    public double Density { get; init; } = 1;

    /// <summary>Whether signs are elected by counting adapters rather than by the sum of their entries.</summary>
    public bool ElectByCount { get; init; }

    /// <summary>Seed of the random masks.</summary>
    public int Seed { get; init; }
}
