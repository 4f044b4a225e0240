using Graft.Data;

namespace Graft.Runs;

/// <summary>How a prediction ended.</summary>
/// <param name="Folder">Where results lie; null while there is none and none was named.</param>
/// <param name="Done">Inputs that are searched and whose results are written.</param>
/// <param name="Failed">Inputs that could not be searched.</param>
/// <param name="Interrupted">Whether it was asked to stop.</param>
/// <param name="Problems">What was noticed about images that were searched all the same.</param>
/// <param name="Error">What a user must know at the end: inputs that failed, or an error that stopped the run; null when all is well.</param>
public sealed record PredictionResult(
    string? Folder, int Done, int Failed, bool Interrupted, IReadOnlyList<DataProblem> Problems, GraftException? Error);
