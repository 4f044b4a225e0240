using Graft.Adapters;
using Graft.Data;
using Graft.Detectors;
using Graft.Models;
using Graft.Training;

namespace Graft.Runs;

/// <summary>Everything that decides a run: what <c>graft config show</c> prints and a run folder keeps as <c>args.yaml</c>.</summary>
public sealed record RunConfig
{
    /// <summary>The network.</summary>
    public ModelOptions Model { get; init; } = ModelFamilies.Default;

    /// <summary>Images, annotations, classes and prompts.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>Where words come from, whether they learn, which are shown.</summary>
    public TextOptions Text { get; init; } = new();

    /// <summary>The training loop.</summary>
    public TrainOptions Train { get; init; } = new();

    /// <summary>What is frozen, which adapters sit where; null: everything learns.</summary>
    public TuningOptions? Tuning { get; init; }

    /// <summary>Thresholds of the final boxes.</summary>
    public PostProcessOptions Predict { get; init; } = new();
}
