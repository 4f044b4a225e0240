namespace Graft.Runs;

/// <summary>The outcome of a video.</summary>
/// <param name="Path">The video.</param>
/// <param name="Result">The video with boxes.</param>
/// <param name="Frames">Frames that were read.</param>
/// <param name="Announced">Number of frames by the header of the video.</param>
/// <param name="Boxes">Detections in all frames.</param>
public sealed record VideoPrediction(string Path, string Result, int Frames, long Announced, int Boxes);
