namespace Graft.Reports;

/// <summary>The data that a run was trained and measured on.</summary>
/// <param name="Source">Name or path of the data set.</param>
/// <param name="Classes">Class names in label order.</param>
/// <param name="TrainImages">Images for training.</param>
/// <param name="TrainBoxes">Boxes in them.</param>
/// <param name="ValImages">Images for validation.</param>
/// <param name="ValBoxes">Boxes in them.</param>
public sealed record ReportData(
    string Source, IReadOnlyList<string> Classes, int TrainImages, int TrainBoxes, int ValImages, int ValBoxes);
