using System.Globalization;

namespace Graft.Reports;

/// <summary>Formats scores for pages.</summary>
public static class ScoreText
{
    /// <summary>Stands for a value that is not known.</summary>
    internal const string Unknown = "–";

    /// <summary>Three decimals; a dash where the score is not finite or, as COCO's −1, undefined.</summary>
    public static string Of(double value)
        => double.IsFinite(value) && value >= 0 ? string.Create(CultureInfo.InvariantCulture, $"{value:0.000}") : Unknown;
}
