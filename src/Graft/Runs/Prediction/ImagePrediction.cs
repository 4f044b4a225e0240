using Graft.Detectors;

namespace Graft.Runs;

/// <summary>The detections of an image.</summary>
/// <param name="Path">The image.</param>
/// <param name="Result">The image with boxes.</param>
/// <param name="Detections">Best first, with their class names, in pixels of the image.</param>
public sealed record ImagePrediction(string Path, string Result, IReadOnlyList<Detection> Detections);
