namespace Graft.Reports.Charts;

/// <summary>A marked point.</summary>
public sealed record ChartMark(double X, double Y, string Text);
