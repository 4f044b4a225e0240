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
}
