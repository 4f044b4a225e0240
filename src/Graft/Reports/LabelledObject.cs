using Graft.Detectors;

namespace Graft.Reports;

/// <summary>One annotated object and the size of its picture.</summary>
/// <param name="Label">Index of the class.</param>
/// <param name="Box">Where, in pixels.</param>
/// <param name="PictureWidth">Columns of the picture.</param>
/// <param name="PictureHeight">Rows of the picture.</param>
public readonly record struct LabelledObject(int Label, Box Box, int PictureWidth, int PictureHeight);
