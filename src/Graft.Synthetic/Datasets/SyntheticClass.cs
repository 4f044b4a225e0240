namespace Graft.Synthetic;

/// <summary>One defect class of the generator, with its prompts.</summary>
public sealed record SyntheticClass
{
    internal SyntheticClass(int id, string name, params string[] prompts) => (Id, Name, Prompts) = (id, name, prompts);

    /// <summary>COCO category id: 1..8 for base classes, 9..14 for novel ones.</summary>
    public int Id { get; }

    /// <summary>The category name.</summary>
    public string Name { get; }

    /// <summary>Prompts: used in training for a base class, in queries for a novel class; the first is the default.</summary>
    public IReadOnlyList<string> Prompts { get; }

    /// <summary>Synonyms of a base class that are never trained on.</summary>
    public IReadOnlyList<string> HeldOutSynonyms { get; init; } = [];

    /// <summary>Descriptions of a novel class by its attributes only.</summary>
    public IReadOnlyList<string> Descriptions { get; init; } = [];

    /// <summary>Whether the class is kept for tests on unseen defects.</summary>
    public bool IsNovel { get; init; }
}
