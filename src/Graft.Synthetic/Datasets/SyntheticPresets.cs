namespace Graft.Synthetic;

/// <summary>Named groups of splits; no two of them share an image.</summary>
public static class SyntheticPresets
{
    private static readonly SyntheticOptions Base = new();
    private static readonly SyntheticOptions Novel = new() { Classes = SyntheticVocabulary.GroupOrNull("novel")! };
    private static readonly SyntheticOptions All = new() { Classes = SyntheticVocabulary.GroupOrNull("all")! };

    /// <summary>48 images to look at and to try commands on.</summary>
    public static IReadOnlyList<SyntheticSplit> Demo { get; } = [new("train", 1_000, 32), new("val", 1_032, 16)];

    /// <summary>8,000 images of the base classes to train a base on, 500 to validate it; about 180 MB as JPEG.</summary>
    public static IReadOnlyList<SyntheticSplit> Train { get; } = [new("train", 10_000, 8_000), new("val", 400_000, 500)];

    /// <summary>Three times 500 images to measure on: base classes, novel classes, both.</summary>
    public static IReadOnlyList<SyntheticSplit> Tests { get; } =
    [
        new("base", 500_000, 500) { Options = Base },
        new("novel", 900_000, 500) { Options = Novel },
        new("mixed", 1_300_000, 500) { Options = All },
    ];
}
