namespace Graft.Detectors;

/// <summary>How an image is fitted into a detector's input when boxes are predicted.</summary>
/// <param name="FitFirst">Start with an aspect-preserving resize that truncates sizes to whole pixels.</param>
/// <param name="ScaleUp">Small images are enlarged while they are padded.</param>
/// <param name="Multiple">Pad only up to multiples of this many pixels; 0: to the whole square.</param>
public sealed record InputFit(bool FitFirst = true, bool ScaleUp = false, int Multiple = 0)
{
    /// <summary>Shrunk to fit a square and padded to all of it.</summary>
    public static InputFit Square { get; } = new();
}
