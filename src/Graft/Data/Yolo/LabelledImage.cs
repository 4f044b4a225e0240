namespace Graft.Data;

/// <summary>An image of a YOLO data set with the lines of its label file.</summary>
/// <param name="Path">The image.</param>
/// <param name="LabelPath">The label file; where it would be when there is none.</param>
/// <param name="Width">Width in pixels; 0 when the image cannot be used.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Objects">The objects of the label file.</param>
/// <param name="Problems">Problems of image and labels.</param>
internal sealed record LabelledImage(
    string Path, string LabelPath, int Width, int Height, IReadOnlyList<YoloLabel> Objects, DataProblems Problems)
{
    /// <summary>Whether there is a label file.</summary>
    public bool HasLabelFile { get; private init; }

    /// <summary>Reads the header of an image and its label file.</summary>
    public static LabelledImage Read(string path, YoloLabels labels)
    {
        DataProblems problems = new(path);
        string labelPath = YoloLabelFile.PathOf(path);
        HeaderSize size = HeaderSize.Of(path);
        if (size.Problem is { } problem)
        {
            problems.Add(problem, size.Place);
            return new LabelledImage(path, labelPath, 0, 0, [], problems);
        }

        bool exists = File.Exists(labelPath);
        if (!exists)
        {
            problems.Add(DataProblemKind.MissingLabelFile, path);
        }

        IReadOnlyList<YoloLabel> objects = YoloLabelFile.Read(labelPath, labels.Classes, labels.KeyPointColumns, problems);
        return new LabelledImage(path, labelPath, size.Width, size.Height, objects, problems) { HasLabelFile = exists };
    }
}
