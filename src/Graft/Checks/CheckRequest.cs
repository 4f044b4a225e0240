using Graft.Data;

namespace Graft.Checks;

/// <summary>What is checked, and what for.</summary>
/// <param name="Data">Where the data is.</param>
public sealed record CheckRequest(DataOptions Data)
{
    /// <summary>A run folder or weight file of a model that was trained on such data, for suspicious boxes; null: none.</summary>
    public string? Model { get; init; }

    /// <summary>Text embeddings of class names, of one width each, to find names of nearly the same meaning; null: they are not compared.</summary>
    public Func<IReadOnlyList<string>, IReadOnlyList<float[]>>? Embed { get; init; }

    /// <summary>Cosine from which two text embeddings are alike.</summary>
    public double AlikeCosine { get; init; } = 0.9;

    /// <summary>Folder of the repaired copy; null: nothing is changed or written.</summary>
    public string? Fix { get; init; }

    /// <summary>Whether an earlier repaired copy in <see cref="Fix"/> is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Images that are decoded at a time.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
