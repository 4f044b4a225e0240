using Graft.Detectors;

namespace Graft.Reports;

/// <summary>One annotated object and the size of its image.</summary>
/// <param name="Label">Index of the class.</param>
/// <param name="Box">Where, in pixels.</param>
/// <param name="ImageWidth">Columns of the image.</param>
/// <param name="ImageHeight">Rows of the image.</param>
public readonly record struct LabelledObject(int Label, Box Box, int ImageWidth, int ImageHeight);
