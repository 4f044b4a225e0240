using Graft.Data;
using Graft.Detectors;

namespace Graft.Runs;

/// <summary>What is joined, and under which class names.</summary>
/// <param name="Base">The base: a run folder or a weight file.</param>
/// <param name="Branches">Adapter files of the base, and run folders or weight files of models that were adapted from it.</param>
public sealed record JoinRequest(string Base, IReadOnlyList<string> Branches)
{
    /// <summary>Prompts of the base instead of those of its file, for a base that reads text; null: those of the file.</summary>
    public Vocabulary? Prompts { get; init; }

    /// <summary>Configuration of a base that contains none.</summary>
    public string? Config { get; init; }

    /// <summary>Data whose validation images the proof takes; null: those of each member's training, where they are still there.</summary>
    public DataOptions? ProofData { get; init; }

    /// <summary>Settings to change in all members, as <c>key=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Other class names: <c>MEMBER:OLD=NEW</c> each, with the member's name, see <see cref="JoinNames"/>.</summary>
    public IReadOnlyList<string> Renames { get; init; } = [];

    /// <summary>Whether the classes of each branch are named <c>BRANCH/CLASS</c>; renames come first and are not prefixed.</summary>
    public bool Prefix { get; init; }
}
