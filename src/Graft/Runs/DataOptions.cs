namespace Graft.Runs;

/// <summary>Where pictures, boxes, classes and words come from.</summary>
public sealed record DataOptions
{
    /// <summary>Folder that the other paths are relative to, or a YOLO <c>data.yaml</c>, or a folder with COCO files.</summary>
    public string? Root { get; init; }

    /// <summary>COCO JSON file, or YOLO picture folder or list, to train on.</summary>
    public string? Train { get; init; }

    /// <summary>The same to evaluate on.</summary>
    public string? Val { get; init; }

    /// <summary>Class names to use, in this order; null: all classes of the data. Boxes of other classes are left out.</summary>
    public string[]? Names { get; init; }

    /// <summary>JSON list of lists of prompts, one list a class in the order of the classes; null: the class names.</summary>
    public string? Prompts { get; init; }

    /// <summary><c>.npy</c> file of N×D text embeddings, one row a class.</summary>
    public string? Embeddings { get; init; }
}
