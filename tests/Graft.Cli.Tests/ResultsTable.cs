using System.Globalization;

namespace Graft.Cli.Tests;

/// <summary>A results.csv, read without the code under test.</summary>
internal sealed class ResultsTable
{
    private readonly string[][] _lines;

    private ResultsTable(string[][] lines) => _lines = lines;

    /// <summary>Reads a file.</summary>
    internal static ResultsTable Read(string path) => new([.. File.ReadLines(path).Select(line => line.Split(','))]);

    /// <summary>The cells of a column, from top to bottom.</summary>
    internal string[] Column(string name)
    {
        int index = IndexOf(name);
        return [.. _lines[1..].Select(line => line[index])];
    }

    /// <summary>The numbers of a column.</summary>
    internal double[] Numbers(string name) => [.. Column(name).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];

    /// <summary>All lines, the header first, without some columns.</summary>
    internal string[] Without(params string[] names)
    {
        int[] left = [.. names.Select(IndexOf)];
        return [.. _lines.Select(line => string.Join(',', line.Where((_, index) => !left.Contains(index))))];
    }

    private int IndexOf(string name)
    {
        int index = Array.FindIndex(_lines[0], head => head.Trim() == name);
        Assert.True(index >= 0, $"The table has no column {name}.");
        return index;
    }
}
