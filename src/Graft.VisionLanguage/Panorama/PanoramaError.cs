namespace Graft.VisionLanguage;

/// <summary>The error of a row of an evaluation.</summary>
/// <param name="Row">Line in the file.</param>
/// <param name="Image">The image's path.</param>
/// <param name="Message">The reason.</param>
public sealed record PanoramaError(int Row, string Image, string Message);
