using Graft.Training;

namespace Graft.Runs;

/// <summary>The outcome of a run.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="End">Why it ended.</param>
/// <param name="State">The training state at the end.</param>
/// <param name="Summary">Counts of the parameters, and which are trainable.</param>
/// <param name="Seconds">Training and validation.</param>
/// <param name="ImagesPerSecond">Training images per second, validation not counted.</param>
public sealed record TrainingResult(
    RunFolder Folder, TrainingEnd End, TrainingState State, ModelSummary Summary, double Seconds, double ImagesPerSecond)
{
    /// <summary>What the processes that trained together exchanged; null: there was one.</summary>
    public RankReport? Ranks { get; init; }
}
