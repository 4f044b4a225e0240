using System.Globalization;

namespace Graft.Detectors;

/// <summary>One object that a detector found.</summary>
/// <param name="Label">Index of the class, 0-based, in the order of the prompts.</param>
/// <param name="Score">Confidence, 0..1.</param>
/// <param name="Box">Where, in pixels of the image that was given.</param>
public readonly record struct Detection(int Label, double Score, Box Box)
{
    /// <summary>Name of the class; null where only its index is known.</summary>
    public string? ClassName { get; init; }

    /// <summary>Reads like "spur 0.91 at (120, 44), 60 × 32 px", or "class 2, 0.91 at …" without a name.</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{ClassName ?? $"class {Label},"} {Score:0.00} at {Box}");
}
