namespace Graft.Data;

/// <summary>How the label files of a split are read.</summary>
/// <param name="Root">Folder of the data set, in which misplaced label files are searched for.</param>
/// <param name="Folders">Folders of images, whose label folders may hold labels without an image; empty for list files.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="KeyPointColumns">Values after the box, from <c>kpt_shape</c>; null: lines longer than a box are polygons.</param>
internal sealed record YoloLabels(string Root, IReadOnlyList<string> Folders, int Classes, int? KeyPointColumns);
