namespace Graft.Reports.Charts;

/// <summary>Named values as horizontal bars.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Unit">What the values count.</param>
/// <param name="Bars">The bars from top to bottom.</param>
public sealed record BarChart(string Title, string Unit, IReadOnlyList<ChartBar> Bars);
