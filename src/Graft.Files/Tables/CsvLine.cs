namespace Graft.Files;

/// <summary>A line of a CSV file.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Cells">Its values.</param>
public sealed record CsvLine(long Number, IReadOnlyList<string> Cells);
