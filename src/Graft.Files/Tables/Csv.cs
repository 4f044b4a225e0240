using System.Globalization;
using CsvHelper;

namespace Graft.Files;

/// <summary>Comma-separated values (RFC 4180) by CsvHelper, the same in every culture; errors name file and line.</summary>
public static class Csv
{
    private static readonly CsvWriterOptions Writing = new() { NewLine = "\n", FormatProvider = CultureInfo.InvariantCulture };

    /// <summary>Rows as text; cells with commas, quotes or line breaks are quoted.</summary>
    public static string Write(IEnumerable<string[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using StringWriter text = new(CultureInfo.InvariantCulture);
        using (CsvWriter writer = CsvWriter.Create(text, Writing, leaveOpen: true))
        {
            foreach (string[] row in rows)
            {
                writer.WriteRecord(row);
            }
        }

        return text.ToString();
    }

    /// <summary>The lines of a file with their cells, without blank lines. A quote inside an unquoted value is text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it should hold, for messages.</param>
    /// <param name="trim">Whether cells are read without the spaces around them.</param>
    /// <exception cref="GraftException">Of kind Data: missing, no text, or a quoted value that does not end.</exception>
    public static IReadOnlyList<CsvLine> Read(string path, string expected, bool trim)
    {
        List<CsvLine> lines = [];
        using CsvReader reader = CsvReader.FromText(TextFile.Read(path, expected, Failure.Data), Reading(path, trim));
        while (reader.Read())
        {
            string[] cells = reader.Current.ToArray();
            if (cells.Length > 1 || cells[0].Length > 0)
            {
                lines.Add(new CsvLine(reader.LineNumber, cells));
            }
        }

        return lines;
    }

    private static CsvReaderOptions Reading(string path, bool trim) => new()
    {
        Separator = ',',
        HasHeader = false,
        TrimWhitespace = trim,
        TrackLineNumbers = true,
        FormatProvider = CultureInfo.InvariantCulture,
        MalformedData = CsvMalformedDataHandling.Recover,
        OnMalformedRecord = record =>
        {
            // The rest of the file would be one value.
            if (record.Reason == CsvMalformedReason.UnterminatedQuote)
            {
                throw new GraftException(
                    Failure.Data, string.Create(CultureInfo.InvariantCulture, $"{path}: line {record.LineNumber} has a quoted value that does not end."),
                    "Put quotes around whole values only, and double those inside of them.");
            }
        },
    };
}
