using System.ComponentModel.DataAnnotations;
using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>The <c>data:</c> section of a configuration: where images, annotations, class names and prompts are.</summary>
/// <remarks>
/// Relative paths are tried against <see cref="Root"/>, then the working directory, then the folder of the configuration.
/// </remarks>
public sealed record DataOptions
{
    /// <summary>Folder of the data set, or its <c>data.yaml</c> or COCO JSON file; whatever is not given below is searched for in
    /// it.</summary>
    public string? Root { get; init; }

    /// <summary>Training set: COCO JSON, folder of images, or list file (<c>.txt</c>) of images.</summary>
    public string? Train { get; init; }

    /// <summary>Validation set, in the same forms.</summary>
    public string? Val { get; init; }

    /// <summary>Folder that the file names of a COCO training file are relative to; detected in the usual layouts.</summary>
    public string? TrainImages { get; init; }

    /// <summary>The same for the validation set.</summary>
    public string? ValImages { get; init; }

    /// <summary>
    /// Class names. Where the annotations name their classes: those to use, as <see cref="Classes"/>, or new names for all of them in
    /// file order. Where they do not: the names, in the order of the class numbers.
    /// </summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Names of the classes to use, in the order of their labels; empty: all. Objects of other classes are skipped.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Prompt file, one list of synonyms per class in the order of the annotation file (or of <see cref="Classes"/>).</summary>
    public string? Prompts { get; init; }

    /// <summary><c>.npy</c> file of N×D text embeddings, one row per class in label order; for detectors that read text.</summary>
    public string? Embeddings { get; init; }

    /// <summary>
    /// Significant bits of 16-bit images, such as 12 for values up to 4095: they are divided by 2^(bits − 8) and clamped to 255; null: by 256.
    /// </summary>
    [Range(8, 16)]
    public int? Depth { get; init; }

    /// <summary>Whether image files that are cut off or corrupt are skipped or used; both are counted.</summary>
    public DamagedImages Damaged { get; init; }

    /// <summary>How the files of the images are read.</summary>
    public ImageReading Reading() => new() { Depth = Depth, UseDamaged = Damaged == DamagedImages.Use };

    /// <summary>Whether classes are chosen by name, so that objects of others are skipped on purpose.</summary>
    public bool SelectsClasses() => Classes.Count > 0 || Names.Count > 0;

    /// <summary>Whether a problem is objects of classes that are not selected, which are skipped on purpose.</summary>
    public bool IsIntended(DataProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return problem.Kind == DataProblemKind.OtherClass && SelectsClasses();
    }
}
