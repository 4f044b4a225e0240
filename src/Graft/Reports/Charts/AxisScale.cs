using System.Globalization;

namespace Graft.Reports.Charts;

/// <summary>An axis with round ticks: steps of 1, 2 or 5 times a power of ten.</summary>
internal sealed class AxisScale
{
    private readonly int _decimals;
    private readonly bool _scientific;

    private AxisScale(double low, double high, double step)
    {
        (Low, High, Step) = (low, high, step);
        int magnitude = (int)Math.Floor(Math.Log10(step) + 1e-9);
        _decimals = Math.Max(0, -magnitude);
        double largest = Math.Max(Math.Abs(low), Math.Abs(high));
        _scientific = largest < 2e-3 || largest >= 1e6;
    }

    public double Low { get; }

    public double High { get; }

    public double Step { get; }

    /// <summary>The ticks in rising order, all inside the axis.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            long first = (long)Math.Ceiling((Low / Step) - 1e-6);
            long last = (long)Math.Floor((High / Step) + 1e-6);
            for (long i = first; i <= last; i++)
            {
                yield return i * Step;
            }
        }
    }

    /// <summary>An axis over given values, widened to whole ticks.</summary>
    public static AxisScale Over(IEnumerable<double> values, int wantedTicks = 5, bool wholeSteps = false)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        double low = finite.Length > 0 ? finite.Min() : 0;
        double high = finite.Length > 0 ? finite.Max() : 1;
        if (high - low <= 1e-12 * Math.Max(1e-9, Math.Abs(high)))
        {
            double room = high == 0 ? 1 : Math.Abs(high) * 0.5;
            (low, high) = (low < 0 ? low - room : Math.Max(0, low - room), high + room);
        }

        // Amounts are easier to judge from zero, unless that would flatten the curve.
        low = low > 0 && low < 0.5 * high ? 0 : low;
        double step = NiceStep((high - low) / wantedTicks, wholeSteps);
        return new AxisScale(Math.Floor((low / step) + 1e-9) * step, Math.Ceiling((high / step) - 1e-9) * step, step);
    }

    /// <summary>An axis with exactly these bounds.</summary>
    public static AxisScale Between(ChartRange range, int wantedTicks = 5, bool wholeSteps = false)
    {
        double extent = Math.Max(range.High - range.Low, 1e-12);
        return new AxisScale(range.Low, range.Low + extent, NiceStep(extent / wantedTicks, wholeSteps));
    }

    /// <summary>0 at the low end, 1 at the high end.</summary>
    public double Position(double value) => (value - Low) / (High - Low);

    /// <summary>A tick as text, with as many digits as the step needs.</summary>
    public string Format(double tick)
    {
        if (_scientific && tick != 0)
        {
            return tick.ToString("0.##e0", CultureInfo.InvariantCulture);
        }

        return Math.Abs(tick) < Step * 1e-6 ? "0" : tick.ToString("F" + _decimals, CultureInfo.InvariantCulture);
    }

    private static double NiceStep(double rough, bool whole)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double share = rough / power;
        double step = (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10) * power;
        return whole ? Math.Max(1, step) : step;
    }
}
