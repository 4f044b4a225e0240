using System.ComponentModel.DataAnnotations;
using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>On what a rewritten model is compared with the original, and what passes.</summary>
public sealed record ProofOptions
{
    /// <summary>What passes.</summary>
    public ProofTolerance Tolerance { get; init; } = new();

    /// <summary>Random batches of noise beside the given images: the first is wide, the second high, and so on.</summary>
    [Range(0, 100)]
    public int RandomInputs { get; init; } = 2;

    /// <summary>Shorter side of the random batches in pixels, a multiple of 32; the longer one is half as long again.</summary>
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

    /// <summary>Timed runs of each model, taken in turn; the median counts. 0 measures no time.</summary>
    [Range(0, 1000)]
    public int TimedRuns { get; init; } = 5;
}
