using Graft.Text;
using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>Images with labelled boxes, whatever format they came from.</summary>
public sealed record DetectionDataset
{
    /// <summary>The annotation file or folder, for messages.</summary>
    public required string Source { get; init; }

    /// <summary>Names of the classes, in label order.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Classes as evaluation and result files number them, in label order.</summary>
    public required IReadOnlyList<CocoCategory> Categories { get; init; }

    /// <summary>Prompts of the classes, in label order; the class names when no prompt file is given.</summary>
    public required PromptSet Prompts { get; init; }

    /// <summary>The images that exist, in file order.</summary>
    public required IReadOnlyList<DetectionImage> Images { get; init; }

    /// <summary>The paths of all images that an annotation file lists, also of those that cannot be used; empty for label files, which list none.</summary>
    public IReadOnlyList<string> Listed { get; init; } = [];

    /// <summary>The objects as annotated, for evaluation, including those that training skips.</summary>
    public required IReadOnlyList<CocoAnnotation> Annotations { get; init; }

    /// <summary>How the files of the images are read.</summary>
    public ImageReading Reading { get; init; } = new();

    /// <summary>Problems with their counts; the loaders add to them.</summary>
    public required DataProblems Problems { get; init; }

    /// <summary>Why there is no object at all, if known; null otherwise.</summary>
    public string? EmptyReason { get; init; }

    /// <summary>Whether no label file was found in the expected folders.</summary>
    public bool LabelsNotFound { get; init; }

    /// <summary>Number of boxes that are trained on.</summary>
    public int BoxCount => Images.Sum(image => image.Objects.Count);

    /// <summary>Number of boxes that are trained on, per label.</summary>
    public IReadOnlyList<int> BoxesPerClass()
    {
        int[] counts = new int[ClassNames.Count];
        foreach (LabelledBox box in Images.SelectMany(image => image.Objects))
        {
            counts[box.Label]++;
        }

        return counts;
    }

    /// <summary>Refuses a data set without a box to train on or to evaluate against.</summary>
    /// <param name="forTraining">Whether the boxes are trained on; else detections are evaluated against them.</param>
    /// <exception cref="GraftException">Of kind Data, with the counts of what was found instead.</exception>
    public void RequireObjects(bool forTraining)
    {
        if (BoxCount > 0)
        {
            return;
        }

        string[] reasons = [.. Problems.List().Where(problem => problem.Kind != DataProblemKind.MissingLabelFile).Select(problem => problem.ToString())];
        string because = EmptyReason ?? $"{Counted.Of(Images.Count, "image")}, none with an object of {string.Join(", ", ClassNames)}";
        throw new GraftException(
            Failure.Data,
            $"{Source}: no box to {(forTraining ? "train on" : "evaluate against")}: {string.Join("; ", reasons.Prepend(because))}.",
            !LabelsNotFound
                ? "Check the annotations and the class names."
                : "Labels of images/train/a.jpg belong in labels/train/a.txt; move them there, or name the folder of the images 'images'.");
    }

    /// <summary>Reads "240 images, 1656 boxes, 6 classes (…/train.json)".</summary>
    public override string ToString() => $"{Counted.Of(Images.Count, "image")}, {Counted.Of(BoxCount, "box")}, {Counted.Of(ClassNames.Count, "class")} ({Source})";
}
