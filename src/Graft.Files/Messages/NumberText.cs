using System.Globalization;
using System.Text.RegularExpressions;

namespace Graft;

/// <summary>
/// Parses hand-written numbers, the same on every machine: a decimal point, no thousands separators, no hexadecimal digits,
/// never NaN or infinity.
/// </summary>
public static partial class NumberText
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>The number, or null when the text is not one.</summary>
    public static double? Real(string text)
        => double.TryParse(text, Plain, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    /// <summary>The whole number, or null when the text is not one.</summary>
    public static long? Whole(string text)
        => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>How to write a text that is not a number but probably means one ("Write 0.3."), or null.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="whole">Whether a whole number is expected.</param>
    /// <param name="range">Allowed range; a number outside is not suggested.</param>
    public static string? Hint(string text, bool whole = false, NumberRange? range = null)
    {
        if (text.EndsWith('%') && Real(text[..^1]) is { } percent && !whole)
        {
            return Allows(range, percent / 100) ? string.Create(CultureInfo.InvariantCulture, $"Write {percent / 100}.") : null;
        }

        if (whole)
        {
            return Real(text) is { } value && Math.Abs(value) < 1e15 && value == Math.Floor(value) && Allows(range, value)
                ? string.Create(CultureInfo.InvariantCulture, $"Write {value:f0}.")
                : null;
        }

        if (!DecimalComma().IsMatch(text))
        {
            return null;
        }

        string point = text.Replace(',', '.'), joined = text.Replace(",", "", StringComparison.Ordinal);
        bool isDecimal = Allows(range, Real(point)), isGrouped = Separated().IsMatch(text) && Allows(range, Real(joined));
        return isDecimal ? isGrouped ? $"Write {point}, or {joined} without a separator." : $"Write {point}."
            : isGrouped ? $"Write {joined}." : null;
    }

    private static bool Allows(NumberRange? range, double? value) => value is { } number && (range?.Contains(number) ?? true);

    [GeneratedRegex(@"^[-+]?\d*,\d+([eE][-+]?\d+)?$")]
    private static partial Regex DecimalComma();

    /// <summary>The comma of "1,000" and "12,000", which may be a thousands separator; that of "0,300" is not.</summary>
    [GeneratedRegex(@"(?<=^[-+]?[1-9]\d{0,2}),(?=\d{3}$)")]
    private static partial Regex Separated();
}
