using Graft.Adapters;
using Graft.Training;

namespace Graft;

/// <summary>How <see cref="Detector.Adapt"/> trains. The defaults are those of the configuration <c>start/adapt</c>, at the image
/// size of the base.</summary>
public sealed record AdaptOptions
{
    /// <summary>Configuration whose <c>train:</c>, <c>tuning:</c>, <c>text:</c> and <c>data:</c> sections are used, by path or name such as
    /// <c>start/adapt</c>; null: the defaults. The network is always that of the base.</summary>
    public string? Strategy { get; init; }

    /// <summary>Adapters and their places, instead of those of the strategy; everything else is frozen.</summary>
    public IReadOnlyList<AdapterOptions>? Adapters { get; init; }

    /// <summary>Passes over the training split; null: those of the strategy, 60 without one.</summary>
    public int? Epochs { get; init; }

    /// <summary>Side of the network's input in pixels, a multiple of 32; null: that of the base.</summary>
    public int? ImageSize { get; init; }

    /// <summary>Images per step; null: those of the strategy, 8 without one.</summary>
    public int? Batch { get; init; }

    /// <summary>Peak learning rate; null: that of the strategy, 0.002 without one.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Seed of initialisation, order and augmentation; null: that of the strategy, 0 without one.</summary>
    public int? Seed { get; init; }

    /// <summary>The run folder to write; refused when it holds a run. Null: the next free <c>runs/detect/adapt</c>.</summary>
    public string? WorkFolder { get; init; }

    /// <summary>Receives steps, epochs, and notes for the user, such as images that are skipped; null: no observer.</summary>
    public IRunObserver? Observer { get; init; }

    /// <summary>Other settings as <c>key=value</c>, such as <c>train.workers=4</c>; applied last.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
