namespace Graft.Runs;

/// <summary>How fast a machine trains and validates, data loading included.</summary>
/// <param name="Side">Side of the input, pixels.</param>
/// <param name="TrainImagesPerSecond">Training images per second.</param>
/// <param name="ValImagesPerSecond">Validation images per second.</param>
public sealed record TrainingSpeed(int Side, double TrainImagesPerSecond, double ValImagesPerSecond)
{
    /// <summary>Training images per second where the features of a view are known already; null: not measured.</summary>
    public double? KeptImagesPerSecond { get; init; }

    /// <summary>Most memory that the tensors of training hold, MB of 2^20 bytes, without weights.</summary>
    public double Megabytes { get; init; }
}
