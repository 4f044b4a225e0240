using System.Globalization;

namespace Graft.Cli.Tests;

/// <summary>The tables of docs/results say what the files of single runs beside them say.</summary>
public sealed class ResultTablesTests
{
    private static readonly string Folder = Path.Combine(Shared.Checkout, "docs", "results");

    /// <summary>Files of single runs.</summary>
    public static TheoryData<string> Tables { get; } = [.. Directory.EnumerateFiles(Folder, "*.csv").Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Tables))]
    public void EveryStrategy_HasTheScoresOfItsRuns(string file)
    {
        string[] page = File.ReadAllLines(Path.Combine(Folder, "README.md"));
        string[][] lines = [.. File.ReadLines(Path.Combine(Folder, file)).Select(line => line.Split(','))];
        Assert.Contains(page, line => line.Contains($"]({file})", StringComparison.Ordinal));
        foreach (IGrouping<string, string[]> strategy in lines[1..].GroupBy(line => line[0]))
        {
            double[] scores = [.. strategy.OrderBy(Value("seed")).Select(Value("map50"))];
            Assert.Equal(3, scores.Length);
            string expected = $"| {string.Join(", ", scores.Select(Text))} | {Text(scores.Average())} (";
            string begin = string.Create(CultureInfo.InvariantCulture, $"| `{strategy.Key}` | {Number("trainable", strategy.First()):N0} (");
            Assert.Contains(page, line => line.Contains(begin, StringComparison.Ordinal)
                && line.Contains(expected, StringComparison.Ordinal) && line.Contains($" | {Text(strategy.Average(Value("map")))} | ", StringComparison.Ordinal));
        }

        double Number(string column, string[] line) => double.Parse(line[Array.IndexOf(lines[0], column)], CultureInfo.InvariantCulture);

        Func<string[], double> Value(string column) => line => Number(column, line);
    }

    private static string Text(double score) => score.ToString("0.000", CultureInfo.InvariantCulture);
}
