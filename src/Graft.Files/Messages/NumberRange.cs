using System.Globalization;

namespace Graft;

/// <summary>The range of a setting or an option, as shown in messages: "0 to 1", "above 0", "1 or more".</summary>
/// <param name="Low">Smallest value; minus infinity: none.</param>
/// <param name="High">Largest value; infinity, or the largest value of a type: none.</param>
/// <param name="LowExclusive">Whether the smallest value itself is excluded.</param>
/// <param name="HighExclusive">Whether the largest value itself is excluded.</param>
/// <param name="Multiple">What values must be a multiple of; 0: no restriction.</param>
public sealed record NumberRange(
    double Low = double.NegativeInfinity, double High = double.PositiveInfinity, bool LowExclusive = false, bool HighExclusive = false, int Multiple = 0)
{
    /// <summary>Whether a value is allowed.</summary>
    public bool Contains(double value)
        => (LowExclusive ? value > Low : value >= Low)
            && (HighExclusive ? value < High : value <= High)
            && (Multiple == 0 || value % Multiple == 0);

    /// <summary>What to use instead of a value that is not allowed ("Use 640 or 672."), or null.</summary>
    public string? Hint(double value)
    {
        if (Multiple == 0 || !(this with { Multiple = 0 }).Contains(value))
        {
            return null;
        }

        NumberRange range = this;
        double below = Math.Floor(value / Multiple) * Multiple;
        double[] near = [.. new[] { below, below + Multiple }.Where(range.Contains)];
        return near.Length == 0 ? null : $"Use {string.Join(" or ", near.Select(Text))}.";
    }

    /// <summary>Reads "0 to 1", "above 0 to 1", "1 or more", "a multiple of 32 from 32 to 8192".</summary>
    public override string ToString()
    {
        bool low = !double.IsNegativeInfinity(Low), high = High < int.MaxValue;
        string from = (LowExclusive ? "above " : "") + Text(Low), to = (HighExclusive ? "below " : "") + Text(High);
        string range = low && high ? $"{from} to {to}" : low ? LowExclusive ? from : $"{from} or more" : high ? HighExclusive ? to : $"{to} or less" : "any number";
        return Multiple == 0 ? range : $"a multiple of {Multiple} from {range}";
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
