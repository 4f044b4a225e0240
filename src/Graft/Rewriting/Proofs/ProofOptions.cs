using System.ComponentModel.DataAnnotations;
using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>The inputs on which a rewritten model is compared with the original, and the limits.</summary>
public sealed record ProofOptions
{
    /// <summary>The limits of the differences.</summary>
    public ProofTolerance Tolerance { get; init; } = new();

    /// <summary>Batches of random noise besides the given images, alternately wide and high.</summary>
    [Range(0, 100)]
    public int RandomInputs { get; init; } = 2;

    /// <summary>Shorter side of the random batches in pixels, a multiple of 32; the longer side is 1.5 times as long.</summary>
    [Range(32, 4096)]
    public int RandomSide { get; init; } = 128;

    /// <summary>Seed of the noise.</summary>
    public int Seed { get; init; } = 20;

    /// <summary>How many of the given images also run in float64, which is slow; all run in float32.</summary>
    [Range(0, 1000)]
    public int ImagesInDouble { get; init; } = 1;

    /// <summary>Thresholds of the final boxes that are compared.</summary>
    public PostProcessOptions Boxes { get; init; } = new() { ScoreThreshold = 0.05 };

    /// <summary>Side of the image for which operations are counted and time is measured.</summary>
    [Range(32, 4096)]
    public int CostSide { get; init; } = 640;

    /// <summary>Timed runs of each model, alternating; the median counts. 0 measures no time.</summary>
    [Range(0, 1000)]
    public int TimedRuns { get; init; } = 5;
}
