namespace Graft.Reports.Charts;

/// <summary>One series of a chart; points that are not finite are skipped.</summary>
/// <param name="Name">Legend text; empty: no entry.</param>
/// <param name="X">Values along the horizontal axis.</param>
/// <param name="Y">Values along the vertical axis, one per x.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>Line or point style.</summary>
    public SeriesStyle Style { get; init; }

    /// <summary>Index into the palette; negative for grey.</summary>
    public int Colour { get; init; }
}
