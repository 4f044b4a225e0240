namespace Graft.VisionLanguage;

/// <summary>How the tokens of overlapping views become one strip.</summary>
public enum StitchingMode
{
    /// <summary>All columns of all views.</summary>
    Concat,

    /// <summary>Without the columns that overlap the previous view.</summary>
    DropOverlap,

    /// <summary>Columns of all views interpolated at even steps over the strip, averaged where views overlap.</summary>
    Resample,
}
