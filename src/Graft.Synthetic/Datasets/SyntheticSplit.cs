namespace Graft.Synthetic;

/// <summary>A split of synthetic images, such as the training images.</summary>
/// <param name="Name">Folder and annotation name: train, val...</param>
/// <param name="Offset">First seed of the split; keep splits apart by more than their count.</param>
/// <param name="Count">How many images.</param>
public sealed record SyntheticSplit(string Name, ulong Offset, int Count)
{
    /// <summary>What is drawn in this split.</summary>
    public SyntheticOptions Options { get; init; } = new();
}
