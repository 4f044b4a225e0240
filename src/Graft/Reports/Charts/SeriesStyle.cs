namespace Graft.Reports.Charts;

/// <summary>How a series is drawn.</summary>
public enum SeriesStyle
{
    /// <summary>A line through the points.</summary>
    Line,

    /// <summary>A dashed line.</summary>
    Dashed,

    /// <summary>A thin pale line, for one of many.</summary>
    Faint,

    /// <summary>A thick line, for the one that matters.</summary>
    Bold,

    /// <summary>Points only.</summary>
    Dots,
}
