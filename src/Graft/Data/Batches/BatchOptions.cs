using System.ComponentModel.DataAnnotations;

namespace Graft.Data;

/// <summary>How batches are built.</summary>
public sealed record BatchOptions
{
    /// <summary>Images in a batch; the last one of an epoch may have fewer.</summary>
    [Range(1, 4096)]
    public int Size { get; init; } = 16;

    /// <summary>Side of the square input in pixels.</summary>
    [Range(32, 8192)]
    public int Side { get; init; } = 640;

    /// <summary>Batches prepared at the same time in the background; 0: prepared on request.</summary>
    [Range(0, 256)]
    public int Workers { get; init; } = 2;

    /// <summary>Seed of order and augmentation.</summary>
    public int Seed { get; init; }

    /// <summary>Augmented views of each image, used in turn; 0: new ones in every epoch.</summary>
    [Range(0, 100000)]
    public int Views { get; init; }

    /// <summary>The part of each batch, or of the batches of an evaluation, that is this process's.</summary>
    public Shard Shard { get; init; }

    /// <summary>Cache size in bytes for decoded images, shrunk to the input.</summary>
    [Range(0, long.MaxValue)]
    public long CacheBytes { get; init; } = 512L << 20;
}
