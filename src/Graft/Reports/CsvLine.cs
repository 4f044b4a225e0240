namespace Graft.Reports;

/// <summary>A line of a CSV file.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Cells">Its values.</param>
internal sealed record CsvLine(long Number, IReadOnlyList<string> Cells);
