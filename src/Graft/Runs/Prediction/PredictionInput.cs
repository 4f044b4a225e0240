namespace Graft.Runs;

/// <summary>An image or a video to process.</summary>
/// <param name="Path">The path as given, or below the given folder.</param>
/// <param name="Result">Path of its result, relative to the folder of results; unique in the run.</param>
/// <param name="IsVideo">Whether it is read as a video.</param>
public sealed record PredictionInput(string Path, string Result, bool IsVideo);
