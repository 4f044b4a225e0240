using Graft.Detectors;

namespace Graft.Runs;

/// <summary>The detections of a video frame.</summary>
/// <param name="Path">The video.</param>
/// <param name="Result">The video with boxes, which exists once it is complete.</param>
/// <param name="Number">Number of the frame, from 0.</param>
/// <param name="Announced">Number of frames by the header of the video; it may hold fewer.</param>
/// <param name="Detections">Best first, with their class names, in pixels of the frame.</param>
public sealed record FramePrediction(string Path, string Result, int Number, long Announced, IReadOnlyList<Detection> Detections);
