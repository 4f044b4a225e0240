extern alias ScottPlotLibrary;

using System.Globalization;
using ScottPlotLibrary::ScottPlot;
using ScottPlotLibrary::ScottPlot.TickGenerators;

namespace Graft.Reports.Charts;

/// <summary>Round ticks of an axis, all with as many digits as their step needs, the same in every culture.</summary>
internal sealed class RoundTicks(int wanted, bool whole) : ITickGenerator
{
    // Outside this range, exponents are easier to read than digits.
    private const double Small = 2e-3;
    private const double Large = 1e6;
    private readonly NumericAutomatic _places = new()
    {
        TargetTickCount = wanted,
        IntegerTicksOnly = whole,
        LabelFormatter = value => value.ToString("G4", CultureInfo.InvariantCulture),
    };

    /// <inheritdoc/>
    public Tick[] Ticks { get; private set; } = [];

    /// <inheritdoc/>
    public int MaxTickCount
    {
        get => _places.MaxTickCount;
        set => _places.MaxTickCount = value;
    }

    /// <inheritdoc/>
    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        _places.Regenerate(range, edge, size, paint, labelStyle);
        double[] places = [.. _places.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Position)];
        Ticks = [.. Label(places).Zip(places, (text, place) => new Tick(place, text))];
    }

    /// <summary>The texts of equally spaced ticks.</summary>
    internal static IEnumerable<string> Label(IReadOnlyList<double> places)
    {
        double step = places.Count > 1 ? Math.Abs(places[1] - places[0]) : places.Sum(Math.Abs);
        double largest = places.Select(Math.Abs).DefaultIfEmpty(0).Max();
        int decimals = step > 0 ? Math.Clamp(-(int)Math.Floor(Math.Log10(step) + 1e-9), 0, 9) : 0;

        // A step of 0.25 needs a digit more than one of 0.2.
        decimals += step > 0 && decimals is > 0 and < 9 && Math.Abs((step * Math.Pow(10, decimals)) - Math.Round(step * Math.Pow(10, decimals))) > 1e-6 ? 1 : 0;
        string format = largest is < Small or >= Large ? "0.##e0" : "F" + decimals.ToString(CultureInfo.InvariantCulture);
        return places.Select(place => Math.Abs(place) < step * 1e-6 ? "0" : place.ToString(format, CultureInfo.InvariantCulture));
    }
}
