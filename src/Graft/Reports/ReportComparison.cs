namespace Graft.Reports;

/// <summary>One score of two models on the same images, such as before and after adapting.</summary>
/// <param name="Name">What was measured: "new classes", "base vocabulary".</param>
/// <param name="Metric">The metric: "mAP50".</param>
/// <param name="Before">The number before, 0..1.</param>
/// <param name="After">The number after, 0..1.</param>
public sealed record ReportComparison(string Name, string Metric, double Before, double After);
