namespace Graft.Synthetic;

/// <summary>One defect class of the generator, with the words that name it.</summary>
public sealed record SyntheticClass
{
    internal SyntheticClass(int id, string name, params string[] prompts) => (Id, Name, Prompts) = (id, name, prompts);

    /// <summary>COCO category id: 1..8 for base classes, 9..14 for novel ones.</summary>
    public int Id { get; }

    /// <summary>The category name.</summary>
    public string Name { get; }

    /// <summary>Prompts: for a base class those of training, for a novel class those that query it; the first is the default.</summary>
    public IReadOnlyList<string> Prompts { get; }

    /// <summary>Other words for a base class that must never be trained on.</summary>
    public IReadOnlyList<string> HeldOutSynonyms { get; init; } = [];

    /// <summary>Descriptions of a novel class in attribute words only.</summary>
    public IReadOnlyList<string> Descriptions { get; init; } = [];

    /// <summary>Whether the class is kept for tests on unseen defects.</summary>
    public bool IsNovel { get; init; }
}
