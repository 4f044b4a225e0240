using System.Globalization;
using CsvHelper;
using Graft.Files;

namespace Graft.Reports;

/// <summary>Comma-separated values (RFC 4180) by CsvHelper, the same in every culture; errors name file and line.</summary>
internal static class Csv
{
    private static readonly CsvReaderOptions Reading = new()
    {
        Separator = ',',
        HasHeader = false,
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
        FormatProvider = CultureInfo.InvariantCulture,
    };

    private static readonly CsvWriterOptions Writing = new() { NewLine = "\n", FormatProvider = CultureInfo.InvariantCulture };

    /// <summary>Rows as text; cells with commas, quotes or line breaks are quoted.</summary>
    public static string Write(IEnumerable<string[]> rows)
    {
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

    /// <summary>The lines of a file with their cells, without padding and without blank lines.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it should hold, for messages.</param>
    /// <exception cref="GraftException">Of kind Data: missing, no text, or quotes that do not close.</exception>
    public static IReadOnlyList<CsvLine> Read(string path, string expected)
    {
        List<CsvLine> lines = [];
        using CsvReader reader = CsvReader.FromText(TextFile.Read(path, expected, Failure.Data), Reading);
        try
        {
            while (reader.Read())
            {
                string[] cells = reader.Current.ToArray();
                if (cells.Length > 1 || cells[0].Length > 0)
                {
                    lines.Add(new CsvLine(reader.LineNumber, cells));
                }
            }
        }
        catch (CsvFormatException error)
        {
            throw new GraftException(
                Failure.Data,
                string.Create(CultureInfo.InvariantCulture, $"{path}: line {error.LineNumber} has a quote that does not open or close a value; expected comma-separated values."),
                "Put quotes around whole values only, and double those inside of them.",
                error);
        }

        return lines;
    }
}
