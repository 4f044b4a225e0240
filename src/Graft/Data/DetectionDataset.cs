using Graft.Text;
using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>Pictures with labelled boxes, whatever format they came from.</summary>
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

    /// <summary>The pictures that exist, in file order.</summary>
    public required IReadOnlyList<DetectionImage> Images { get; init; }

    /// <summary>The objects as annotated, for evaluation: also those that training leaves out.</summary>
    public required IReadOnlyList<CocoAnnotation> Annotations { get; init; }

    /// <summary>How the files of the images are read.</summary>
    public ImageReading Reading { get; init; } = new();

    /// <summary>What was found wrong, with counts; a background loader adds to it.</summary>
    public required DataProblems Problems { get; init; }

    /// <summary>Number of objects to learn.</summary>
    public int BoxCount => Images.Sum(image => image.Objects.Count);

    /// <summary>Number of objects to learn, per label.</summary>
    public IReadOnlyList<int> BoxesPerClass()
    {
        int[] counts = new int[ClassNames.Count];
        foreach (LabelledBox box in Images.SelectMany(image => image.Objects))
        {
            counts[box.Label]++;
        }

        return counts;
    }

    /// <summary>Reads "240 images, 1656 boxes, 6 classes (…/train.json)".</summary>
    public override string ToString() => $"{Images.Count} images, {BoxCount} boxes, {ClassNames.Count} classes ({Source})";
}
