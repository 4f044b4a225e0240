using Graft.Detectors;

namespace Graft.Runs;

/// <summary>A frame of a video that is searched.</summary>
/// <param name="Path">The video.</param>
/// <param name="Result">The video with its boxes, which is in its place when it is whole.</param>
/// <param name="Number">Number of the frame, from 0.</param>
/// <param name="Announced">Frames that the video announces; it may hold fewer.</param>
/// <param name="Detections">Best first, with their class names, in pixels of the frame.</param>
public sealed record FramePrediction(string Path, string Result, int Number, long Announced, IReadOnlyList<Detection> Detections);
