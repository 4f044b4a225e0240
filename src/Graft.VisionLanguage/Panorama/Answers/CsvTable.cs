using System.Text;
using Graft.Files;

namespace Graft.VisionLanguage;

/// <summary>Comma-separated values (RFC 4180): quoted fields may hold commas, quotes and line breaks.</summary>
internal static class CsvTable
{
    /// <summary>Rows as dictionaries by the names of the first row.</summary>
    public static List<IReadOnlyDictionary<string, string>> Read(string path)
    {
        List<string[]> rows = Parse(path, TextFile.Read(path, "a table (CSV)", Failure.Data));
        if (rows.Count == 0)
        {
            throw new GraftException(Failure.Data, $"{path}: the file is empty.", "The first row names the columns.");
        }

        string[] names = rows[0];
        List<IReadOnlyDictionary<string, string>> table = new();
        foreach (string[] row in rows.Skip(1))
        {
            if (row.Length != names.Length)
            {
                throw new GraftException(Failure.Data, $"{path}: row {table.Count + 2} has {row.Length} fields; the first row has {names.Length}.");
            }

            table.Add(names.Zip(row).GroupBy(pair => pair.First.Trim()).ToDictionary(g => g.Key, g => g.First().Second, StringComparer.OrdinalIgnoreCase));
        }

        return table;
    }

    /// <summary>One row with a line end.</summary>
    public static string Line(IEnumerable<string> fields) => string.Join(',', fields.Select(Quoted)) + "\n";

    private static string Quoted(string field) => field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static List<string[]> Parse(string path, string text)
    {
        List<string[]> rows = new();
        List<string> row = new();
        StringBuilder field = new();
        bool quoted = false, begun = false;
        for (int i = text.StartsWith('\uFEFF') ? 1 : 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quoted)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append(text[++i]);
                }
                else
                {
                    quoted = false;
                }

                continue;
            }

            switch (c)
            {
                case '"':
                    quoted = begun = true;
                    break;
                case ',':
                    EndField();
                    begun = true;
                    break;
                case '\n':
                    EndRow();
                    break;
                case '\r':
                    break;
                default:
                    field.Append(c);
                    begun = true;
                    break;
            }
        }

        if (quoted)
        {
            throw new GraftException(Failure.Data, $"{path}: a quoted field does not end.");
        }

        EndRow();
        return rows;

        void EndField()
        {
            row.Add(field.ToString());
            field.Clear();
        }

        void EndRow()
        {
            if (begun)
            {
                EndField();
                rows.Add([.. row]);
            }

            row.Clear();
            begun = false;
        }
    }
}
