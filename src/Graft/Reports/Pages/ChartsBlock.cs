using Graft.Reports.Charts;

namespace Graft.Reports.Pages;

/// <summary>Charts side by side.</summary>
/// <param name="Charts">The charts.</param>
public sealed record ChartsBlock(IReadOnlyList<Chart> Charts) : PageBlock
{
    /// <summary>Bar charts, shown before the charts.</summary>
    public IReadOnlyList<BarChart> Bars { get; init; } = [];

    /// <summary>Path of an image of the same charts for Markdown, relative to the page; null without one.</summary>
    public string? Image { get; init; }
}
