namespace Graft.Reports.Pages;

/// <summary>A table.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows, as many cells as columns in each.</param>
public sealed record TableBlock(IReadOnlyList<TableColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : PageBlock
{
    /// <summary>Indices of rows that stand out, such as the best one or a total.</summary>
    public IReadOnlyList<int> Emphasized { get; init; } = [];
}
