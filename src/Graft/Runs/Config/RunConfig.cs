using Graft.Adapters;
using Graft.Data;
using Graft.Detectors;
using Graft.Models;
using Graft.Training;

namespace Graft.Runs;

/// <summary>All settings of a run: <c>graft config show</c> prints them, and a run folder contains them as <c>args.yaml</c>.</summary>
public sealed record RunConfig
{
    /// <summary>The network.</summary>
    public ModelOptions Model { get; init; } = ModelFamilies.Default;

    /// <summary>Images, annotations, classes and prompts.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>Where text embeddings come from, whether they are trained, and how many each training image is shown.</summary>
    public TextOptions Text { get; init; } = new();

    /// <summary>The training loop.</summary>
    public TrainOptions Train { get; init; } = new();

    /// <summary>What is frozen, and which adapters are attached where; null: the whole network is trained.</summary>
    public TuningOptions? Tuning { get; init; }

    /// <summary>Thresholds of the detections.</summary>
    public PostProcessOptions Predict { get; init; } = new();
}
