namespace Graft.Reports;

/// <summary>An image file of a run folder to show in its report.</summary>
/// <param name="File">Path relative to the report.</param>
/// <param name="Caption">What it shows.</param>
public sealed record ReportImage(string File, string Caption);
