namespace Graft.Runs;

/// <summary>An image or a video to search.</summary>
/// <param name="Path">The file as it was named, or below the folder that was named.</param>
/// <param name="Result">Where its result goes, relative to the folder of results; no other input of the run has the same.</param>
/// <param name="IsVideo">Whether it is read as a video.</param>
public sealed record PredictionInput(string Path, string Result, bool IsVideo);
