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
        ResultsTable runs = ResultsTable.Read(Path.Combine(Folder, file));
        string[] names = runs.Column("strategy");
        double[] seeds = runs.Numbers("seed"), trainable = runs.Numbers("trainable"), map50 = runs.Numbers("map50"), map = runs.Numbers("map");
        Assert.Contains(page, line => line.Contains($"]({file})", StringComparison.Ordinal));
        foreach (IGrouping<string, int> strategy in Enumerable.Range(0, names.Length).GroupBy(run => names[run]))
        {
            double[] scores = [.. strategy.OrderBy(run => seeds[run]).Select(run => map50[run])];
            Assert.Equal(3, scores.Length);
            string begin = string.Create(CultureInfo.InvariantCulture, $"| `{strategy.Key}` | {trainable[strategy.First()]:N0} (");
            string expected = $"| {string.Join(", ", scores.Select(Text))} | {Text(scores.Average())} (";
            Assert.Contains(page, line => line.Contains(begin, StringComparison.Ordinal)
                && line.Contains(expected, StringComparison.Ordinal) && line.Contains($" | {Text(strategy.Average(run => map[run]))} | ", StringComparison.Ordinal));
        }
    }

    private static string Text(double score) => score.ToString("0.000", CultureInfo.InvariantCulture);
}
