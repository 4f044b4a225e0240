namespace Graft.VisionLanguage;

/// <summary>A row that failed.</summary>
/// <param name="Row">Line in the file.</param>
/// <param name="Image">The image's path.</param>
/// <param name="Message">Why.</param>
public sealed record PanoramaError(int Row, string Image, string Message);
