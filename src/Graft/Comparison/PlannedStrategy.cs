namespace Graft.Comparison;

/// <summary>A strategy as it is trained.</summary>
public sealed record PlannedStrategy
{
    /// <summary>Its name in tables and folders.</summary>
    public required string Name { get; init; }

    /// <summary>The configuration as it was given.</summary>
    public required string Source { get; init; }

    /// <summary>What is trained: adapters and unfrozen parts; "every weight" without tuning.</summary>
    public required string Tuning { get; init; }

    /// <summary>Trained values.</summary>
    public required long Trainable { get; init; }

    /// <summary>Values of the network with its adapters.</summary>
    public required long Total { get; init; }

    /// <summary>Passes over the training images.</summary>
    public required int Epochs { get; init; }

    /// <summary>Images per step.</summary>
    public required int Batch { get; init; }

    /// <summary>Kept views of each image, the last epochs' included; 0: features are not kept.</summary>
    public required int Views { get; init; }

    /// <summary>Measured training images per second, in float32 or as the configuration says.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>The same where the features of a view are known already; null: they are not kept.</summary>
    public double? KeptImagesPerSecond { get; init; }

    /// <summary>Measured validation images per second.</summary>
    public required double ValImagesPerSecond { get; init; }

    /// <summary>Most memory that the tensors of training hold, MB of 2^20 bytes, without weights.</summary>
    public required double Megabytes { get; init; }

    /// <summary>Share of the trained values, 0..1.</summary>
    public double Share => (double)Trainable / Total;

    /// <summary>Seconds that the features of one view cost.</summary>
    public double SecondsPerView => KeptImagesPerSecond is { } kept ? Math.Max(0, (1 / ImagesPerSecond) - (1 / kept)) : 0;
}
