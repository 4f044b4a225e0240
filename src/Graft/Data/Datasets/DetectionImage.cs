namespace Graft.Data;

/// <summary>An image of a data set with its annotations for training.</summary>
/// <param name="Id">Number by which evaluation refers to it.</param>
/// <param name="Path">The file.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Objects">The objects of the selected classes; empty for background.</param>
public sealed record DetectionImage(long Id, string Path, int Width, int Height, IReadOnlyList<LabelledBox> Objects);
