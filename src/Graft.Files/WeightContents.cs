namespace Graft.Files;

/// <summary>The result of a reader; <see cref="WeightFile"/> makes it public.</summary>
internal sealed record WeightContents(WeightFormat Format, IReadOnlyList<WeightEntry> Entries)
{
    internal IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    internal PickleValue? Root { get; init; }

    internal string Origin { get; init; } = "";

    internal IReadOnlyList<string> Remarks { get; init; } = [];

    internal IReadOnlyDictionary<string, int> Foreign { get; init; } = new Dictionary<string, int>();

    /// <summary>Other files that hold the entries.</summary>
    internal IReadOnlyList<MappedFile> Files { get; init; } = [];
}
