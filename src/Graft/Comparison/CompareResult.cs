namespace Graft.Comparison;

/// <summary>The outcome of a comparison.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Plan">What was run.</param>
/// <param name="Cells">Every run.</param>
/// <param name="Statistics">What follows from them.</param>
public sealed record CompareResult(CompareFolder Folder, ComparePlan Plan, IReadOnlyList<CellResult> Cells, CompareStatistics Statistics)
{
    /// <summary>Why it was not measured what is left of the base's own classes; null where it was.</summary>
    public string? WithoutRetention { get; init; }

    /// <summary>The runs of a strategy on the largest share of the images.</summary>
    /// <param name="strategy">Its name.</param>
    public IReadOnlyList<CellResult> Of(string strategy)
        => [.. Cells.Where(cell => cell.Strategy == strategy && cell.Fraction == Plan.Fractions.Max())];
}
