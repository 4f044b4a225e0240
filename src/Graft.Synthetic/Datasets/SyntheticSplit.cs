namespace Graft.Synthetic;

/// <summary>A series of synthetic images that belong together, such as the training images.</summary>
/// <param name="Name">Folder and annotation name: train, val...</param>
/// <param name="Offset">First number of the series; keep series apart by more than their count.</param>
/// <param name="Count">How many images.</param>
public sealed record SyntheticSplit(string Name, ulong Offset, int Count)
{
    /// <summary>What is drawn in this split.</summary>
    public SyntheticOptions Options { get; init; } = new();

    /// <summary>The 32 images to train a demo on.</summary>
    public static SyntheticSplit DemoTrain { get; } = new("train", 1_000, 32);

    /// <summary>The 16 images to check a demo on.</summary>
    public static SyntheticSplit DemoVal { get; } = new("val", 1_032, 16);

    /// <summary>8,000 images for pre-training on the base classes.</summary>
    public static SyntheticSplit Train { get; } = new("train", 10_000, 8_000);

    /// <summary>500 images to choose the best epoch by.</summary>
    public static SyntheticSplit Val { get; } = new("val", 400_000, 500);

    /// <summary>500 test images of the base classes.</summary>
    public static SyntheticSplit BaseTest { get; } = new("base_test", 500_000, 500);

    /// <summary>500 test images of the classes that training never saw.</summary>
    public static SyntheticSplit NovelTest { get; } = new("novel_test", 900_000, 500) { Options = Of(SyntheticVocabulary.Novel) };

    /// <summary>500 test images of all 14 classes.</summary>
    public static SyntheticSplit MixedTest { get; } = new("mixed_test", 1_300_000, 500) { Options = Of(SyntheticVocabulary.Classes) };

    private static SyntheticOptions Of(IReadOnlyList<SyntheticClass> classes) => new() { Classes = [.. classes.Select(c => c.Name)] };
}
