namespace Graft.Reports.Charts;

/// <summary>One series of a chart; points that are not finite are left out.</summary>
/// <param name="Name">What the legend says; empty for no entry.</param>
/// <param name="X">Values along the horizontal axis.</param>
/// <param name="Y">As many values along the vertical axis.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>How it is drawn.</summary>
    public SeriesStyle Style { get; init; }

    /// <summary>Index into the palette; negative for grey.</summary>
    public int Colour { get; init; }
}
