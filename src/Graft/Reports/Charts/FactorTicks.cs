extern alias ScottPlotLibrary;

using System.Globalization;
using ScottPlotLibrary::ScottPlot;

namespace Graft.Reports.Charts;

/// <summary>Ticks of an axis whose places are decimal logarithms: 1, 2 and 5 of each power of ten, or the powers alone where those are too
/// many.</summary>
/// <param name="most">The largest number of ticks.</param>
internal sealed class FactorTicks(int most) : ITickGenerator
{
    /// <inheritdoc/>
    public Tick[] Ticks { get; private set; } = [];

    /// <inheritdoc/>
    public int MaxTickCount { get; set; } = most;

    /// <inheritdoc/>
    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        int first = (int)Math.Floor(range.Min);
        double[] powers = [.. Enumerable.Range(first, (int)Math.Ceiling(range.Max) - first + 1).Select(power => Math.Pow(10, power))];
        Tick[] fine = Within(range, powers.SelectMany(power => new[] { power, 2 * power, 5 * power }));
        Ticks = fine.Length <= MaxTickCount ? fine : Within(range, powers);
    }

    private static Tick[] Within(CoordinateRange range, IEnumerable<double> values)
        => [.. values.Select(value => new Tick(Math.Log10(value), value.ToString("0.######", CultureInfo.InvariantCulture))).Where(tick => range.Contains(tick.Position))];
}
