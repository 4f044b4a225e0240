using Graft.Files;

namespace Graft.VisionLanguage;

/// <summary>Reads CSV files whose first row names the columns.</summary>
internal static class CsvTable
{
    /// <summary>Rows as dictionaries by column name, case-insensitive.</summary>
    /// <exception cref="GraftException">Of kind Data: missing, empty, no text, or rows of another length than the first.</exception>
    public static List<IReadOnlyDictionary<string, string>> Read(string path)
    {
        IReadOnlyList<CsvLine> lines = Csv.Read(path, "a table (CSV)", trim: false);
        if (lines.Count == 0)
        {
            throw new GraftException(Failure.Data, $"{path}: the file is empty.", "The first row names the columns.");
        }

        IReadOnlyList<string> names = lines[0].Cells;
        List<IReadOnlyDictionary<string, string>> table = [];
        foreach (CsvLine line in lines.Skip(1))
        {
            if (line.Cells.Count != names.Count)
            {
                throw new GraftException(Failure.Data, $"{path}: row {table.Count + 2} has {line.Cells.Count} fields; the first row has {names.Count}.");
            }

            table.Add(names.Zip(line.Cells).GroupBy(pair => pair.First.Trim()).ToDictionary(g => g.Key, g => g.First().Second, StringComparer.OrdinalIgnoreCase));
        }

        return table;
    }
}
