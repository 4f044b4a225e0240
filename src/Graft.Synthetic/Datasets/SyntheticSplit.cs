namespace Graft.Synthetic;

/// <summary>A series of synthetic images that belong together, such as the training images.</summary>
/// <param name="Name">Folder and annotation name: train, val...</param>
/// <param name="Offset">First number of the series; keep series apart by more than their count.</param>
/// <param name="Count">How many images.</param>
public sealed record SyntheticSplit(string Name, ulong Offset, int Count)
{
    /// <summary>What is drawn in this split.</summary>
    public SyntheticOptions Options { get; init; } = new();
}
