using SkiaSharp;

namespace Graft.Runtime;

/// <summary>How detections are drawn.</summary>
public sealed record DrawingOptions
{
    /// <summary>Width of the lines in pixels; 0: fits the image's size.</summary>
    public int LineWidth { get; init; }

    /// <summary>Whether to write the name of each detection.</summary>
    public bool HasNames { get; init; } = true;

    /// <summary>Whether to write the score of each detection.</summary>
    public bool HasScores { get; init; } = true;

    /// <summary>Font of the texts; null: built-in ASCII letters, which need no font on the machine.</summary>
    public SKTypeface? Typeface { get; init; }

    /// <summary>Quality of JPEG and WebP files, 1..100.</summary>
    public int Quality { get; init; } = 92;
}
