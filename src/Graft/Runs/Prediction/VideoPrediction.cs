namespace Graft.Runs;

/// <summary>A video that is searched.</summary>
/// <param name="Path">The video.</param>
/// <param name="Result">The video with its boxes.</param>
/// <param name="Frames">Frames that were read.</param>
/// <param name="Announced">Frames that the video announces.</param>
/// <param name="Boxes">Detections in all frames.</param>
public sealed record VideoPrediction(string Path, string Result, int Frames, long Announced, int Boxes);
