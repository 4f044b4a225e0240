using Graft.Detectors;
using Graft.Evaluation;

namespace Graft.Training;

/// <summary>One finished step, for those who look.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Step">Step of the epoch, from 1.</param>
/// <param name="Steps">Steps of the epoch.</param>
/// <param name="Losses">Parts of this step's loss, by name.</param>
/// <param name="Rate">Learning rate of the step.</param>
/// <param name="ImagesPerSecond">Since the epoch began.</param>
/// <param name="SecondsLeft">Until the end of the epoch, at that speed.</param>
public sealed record StepReport(
    int Epoch, int Step, int Steps, IReadOnlyList<(string Name, double Value)> Losses, double Rate, double ImagesPerSecond, double SecondsLeft);

/// <summary>One finished epoch.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Losses">Mean of each part of the loss.</param>
/// <param name="Scores">COCO numbers of the averaged weights; null when the epoch was not validated.</param>
/// <param name="ValLosses">Mean of each part on the validation images; empty when not validated.</param>
/// <param name="Rate">Learning rate at the end.</param>
/// <param name="Seconds">Since the run began.</param>
/// <param name="IsBest">Whether its mAP is the best so far, or equals it.</param>
public sealed record EpochReport(
    int Epoch, IReadOnlyList<(string Name, double Value)> Losses, CocoScores? Scores, IReadOnlyList<(string Name, double Value)> ValLosses,
    double Rate, double Seconds, bool IsBest);

/// <summary>Looks at a run and draws it; never steers.</summary>
public interface IRunObserver
{
    /// <summary>After each step.</summary>
    void OnStep(StepReport report);

    /// <summary>After each epoch.</summary>
    void OnEpoch(EpochReport report);

    /// <summary>Something that a person should know: skipped images, skipped steps, an early stop.</summary>
    void OnNote(string note);
}
