using Graft.Data;

namespace Graft.Runs;

/// <summary>The outcome of a prediction.</summary>
/// <param name="Folder">Folder of the results; null when there is no result and no folder was given.</param>
/// <param name="Done">Inputs that are processed and whose results are written.</param>
/// <param name="Failed">Inputs that could not be processed.</param>
/// <param name="Interrupted">Whether it was asked to stop.</param>
/// <param name="Problems">Problems of images that were processed nevertheless.</param>
/// <param name="Error">What a user must know at the end: inputs that failed, or an error that stopped the run; null when all is well.</param>
public sealed record PredictionResult(
    string? Folder, int Done, int Failed, bool Interrupted, IReadOnlyList<DataProblem> Problems, GraftException? Error);
