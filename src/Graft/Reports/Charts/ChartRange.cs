namespace Graft.Reports.Charts;

/// <summary>Bounds of an axis.</summary>
public readonly record struct ChartRange(double Low, double High);
