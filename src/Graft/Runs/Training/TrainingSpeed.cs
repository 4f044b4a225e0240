namespace Graft.Runs;

/// <summary>How fast a machine trains and validates, data loading included.</summary>
/// <param name="Side">Side of the input, pixels.</param>
/// <param name="TrainImagesPerSecond">Training images per second.</param>
/// <param name="ValImagesPerSecond">Validation images per second.</param>
public sealed record TrainingSpeed(int Side, double TrainImagesPerSecond, double ValImagesPerSecond);
