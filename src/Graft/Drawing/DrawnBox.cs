using Graft.Detectors;

namespace Graft.Drawing;

/// <summary>A box to draw.</summary>
/// <param name="Box">Where, in pixels.</param>
/// <param name="Label">Index of its class; decides colour and name.</param>
/// <param name="Score">Confidence, 0..1, or null for ground truth.</param>
public readonly record struct DrawnBox(Box Box, int Label, double? Score = null)
{
    /// <summary>The box of a detection.</summary>
    public static DrawnBox Of(Detection detection) => new(detection.Box, detection.Label, detection.Score);
}
