namespace Graft.Synthetic;

/// <summary>The class names of the generator.</summary>
public static class SyntheticVocabulary
{
    /// <summary>All 14 defect classes by category id.</summary>
    public static IReadOnlyList<SyntheticClass> Classes { get; } = [.. Defect.All.Select(defect => defect.Class)];

    /// <summary>The eight classes to train on; the other six are kept for tests on unseen defects.</summary>
    public static IReadOnlyList<SyntheticClass> Base { get; } = [.. Classes.Where(c => !c.IsNovel)];

    /// <summary>The six materials.</summary>
    public static IReadOnlyList<string> Materials { get; } = [.. Material.All.Select(material => material.Name)];

    /// <summary>The class names of a group: <c>base</c>, <c>novel</c> or <c>all</c>; null for any other text.</summary>
    public static IReadOnlyList<string>? GroupOrNull(string name) => name switch
    {
        "base" => [.. Base.Select(c => c.Name)],
        "novel" => [.. Classes.Where(c => c.IsNovel).Select(c => c.Name)],
        "all" => [.. Classes.Select(c => c.Name)],
        _ => null,
    };
}
