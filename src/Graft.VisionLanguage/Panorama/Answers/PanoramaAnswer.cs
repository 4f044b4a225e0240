namespace Graft.VisionLanguage;

/// <summary>A question of the evaluation and its answer.</summary>
/// <param name="Row">Line in the file, counted from the column names as 1.</param>
/// <param name="Image">The image's path.</param>
/// <param name="Query">The question in the file.</param>
/// <param name="Instruction">The question as given to the model.</param>
/// <param name="Reference">The expected answer, if there is one.</param>
/// <param name="Prediction">The model's answer; null when it failed.</param>
/// <param name="Error">The error; null when it succeeded.</param>
public sealed record PanoramaAnswer(
    int Row, string Image, string Query, string Instruction, string? Reference, string? Prediction = null, string? Error = null);
