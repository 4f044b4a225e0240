using Graft.Files;

namespace Graft.Runs;

/// <summary>A member of a joined model, as its file describes it.</summary>
internal sealed record JoinedPart
{
    /// <summary>Its name: <c>base</c>, or that of a branch.</summary>
    public required string Name { get; init; }

    /// <summary>What its tensors' names begin with in the file; those of a branch that equal the base's are stored once, under the base's.</summary>
    public required string Prefix { get; init; }

    /// <summary>The file that it came from.</summary>
    public required string Source { get; init; }

    /// <summary>Hash of its state.</summary>
    public required string Hash { get; init; }

    /// <summary>The adapter file on the base; null where the source is a whole model.</summary>
    public string? Adapter { get; init; }

    /// <summary>Names of its classes in the joined model.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Tensors of the base that it does not have.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>The metadata of a file of this model alone.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>The member as a file of its own, with its tensors under their own names.</summary>
    /// <param name="file">The joined file.</param>
    internal WeightFile In(WeightFile file)
    {
        Dictionary<string, WeightEntry> own = Below(file, Prefix);
        if (Prefix != JoinedFile.BasePrefix)
        {
            foreach ((string name, WeightEntry entry) in Below(file, JoinedFile.BasePrefix))
            {
                if (name != Checkpoint.EmbeddingsKey && !Without.Contains(name))
                {
                    own.TryAdd(name, entry);
                }
            }
        }

        return file.Part(own.Select(entry => (entry.Key, entry.Value)), Metadata);
    }

    private static Dictionary<string, WeightEntry> Below(WeightFile file, string prefix) => file.Entries
        .Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Name[prefix.Length..], entry => entry);
}
