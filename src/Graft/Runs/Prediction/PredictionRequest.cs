using Graft.Detectors;

namespace Graft.Runs;

/// <summary>Inputs, thresholds and output folder of a prediction.</summary>
/// <param name="Targets">Images, videos, and folders with their sub-folders.</param>
public sealed record PredictionRequest(IReadOnlyList<string> Targets)
{
    /// <summary>Lowest score of a detection unless another is given.</summary>
    public const double DefaultScore = 0.25;

    /// <summary>Folder of the results; null: a new one below <see cref="Project"/>, created with the first result.</summary>
    public string? Folder { get; init; }

    /// <summary>Parent of a new folder of results.</summary>
    public string Project { get; init; } = "runs/detect";

    /// <summary>Name of a new folder of results; a number is added when it exists.</summary>
    public string Name { get; init; } = "predict";

    /// <summary>Thresholds; null: those of the model with <see cref="DefaultScore"/>.</summary>
    public PostProcessOptions? Thresholds { get; init; }

    /// <summary>Side of the network's input in pixels, a multiple of 32; null: that of training.</summary>
    public int? ImageSize { get; init; }

    /// <summary>The thresholds of a model with <see cref="DefaultScore"/>: the score of its configuration is for evaluation.</summary>
    public static PostProcessOptions DefaultThresholds(PostProcessOptions model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { ScoreThreshold = DefaultScore };
    }
}
