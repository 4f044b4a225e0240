using System.Globalization;
using Graft.Detectors;
using Graft.Evaluation;

namespace Graft.Training;

/// <summary>One finished step.</summary>
/// <param name="Epoch">Index of the epoch, from 0.</param>
/// <param name="Step">Step of the epoch, from 1.</param>
/// <param name="Steps">Steps of the epoch.</param>
/// <param name="Losses">Parts of this step's loss, by name.</param>
/// <param name="Rate">Learning rate of the step.</param>
/// <param name="ImagesPerSecond">Since the epoch began.</param>
/// <param name="SecondsLeft">Until the end of the epoch, at that speed.</param>
public sealed record StepReport(
    int Epoch, int Step, int Steps, IReadOnlyList<(string Name, double Value)> Losses, double Rate, double ImagesPerSecond, double SecondsLeft)
{
    /// <summary>Reads like "epoch 3, step 12/48: box 1.204, cls 0.981; 17.5 images/s".</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"epoch {Epoch + 1}, step {Step}/{Steps}: {Parts(Losses)}; {ImagesPerSecond:f1} images/s");

    /// <summary>The parts of a loss as text.</summary>
    internal static string Parts(IReadOnlyList<(string Name, double Value)> losses)
        => string.Join(", ", losses.Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Name} {loss.Value:f3}")));
}

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
    double Rate, double Seconds, bool IsBest)
{
    /// <summary>Reads like "epoch 3: box 1.204, cls 0.981; mAP50 0.512, mAP 0.277".</summary>
    public override string ToString()
    {
        string scores = Scores is { Map: >= 0 } ? string.Create(CultureInfo.InvariantCulture, $"; mAP50 {Scores.Map50:f3}, mAP {Scores.Map:f3}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"epoch {Epoch + 1}: {StepReport.Parts(Losses)}{scores}");
    }
}

/// <summary>Receives the progress of a run; it does not influence the run.</summary>
public interface IRunObserver
{
    /// <summary>Called after each step.</summary>
    void OnStep(StepReport report);

    /// <summary>Called after each epoch.</summary>
    void OnEpoch(EpochReport report);

    /// <summary>Called with messages for the user: skipped images, skipped steps, an early stop.</summary>
    void OnNote(string note);
}
