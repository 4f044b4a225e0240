namespace Graft.Reports.Charts;

/// <summary>The data of an x-y chart; the drawing decides its looks.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="XLabel">Name and unit of the horizontal axis.</param>
/// <param name="YLabel">Name and unit of the vertical axis; empty where the title names it.</param>
/// <param name="Series">The series, drawn from first to last.</param>
public sealed record Chart(string Title, string XLabel, string YLabel, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>Lowest and highest x, or null to follow the data.</summary>
    public ChartRange? XRange { get; init; }

    /// <summary>Lowest and highest y, or null to follow the data.</summary>
    public ChartRange? YRange { get; init; }

    /// <summary>Whether equal distances along x are equal factors; every x is above 0 then.</summary>
    public bool LogarithmicX { get; init; }

    /// <summary>Whether y grows downwards, as in images.</summary>
    public bool YDown { get; init; }

    /// <summary>A point to mark with its text, such as the best epoch.</summary>
    public ChartMark? Mark { get; init; }
}
