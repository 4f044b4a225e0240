using Graft.Reports.Charts;

namespace Graft.Reports.Pages;

/// <summary>Charts side by side.</summary>
/// <param name="Charts">The charts.</param>
public sealed record ChartsBlock(IReadOnlyList<Chart> Charts) : PageBlock
{
    /// <summary>Bars, which come before the charts.</summary>
    public IReadOnlyList<BarChart> Bars { get; init; } = [];

    /// <summary>An image of the same charts for pages that cannot draw; relative to the page, or null if there is none.</summary>
    public string? Picture { get; init; }
}
