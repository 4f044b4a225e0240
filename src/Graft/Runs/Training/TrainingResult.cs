using Graft.Training;

namespace Graft.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="End">Why it ended.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Summary">Parameters of the network and which of them were trained.</param>
/// <param name="Seconds">Training and validation.</param>
/// <param name="ImagesPerSecond">Training images per second, validation not counted.</param>
public sealed record TrainingResult(
    RunFolder Folder, TrainingEnd End, TrainingState State, ModelSummary Summary, double Seconds, double ImagesPerSecond);
