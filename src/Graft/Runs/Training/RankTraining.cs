using System.Text;
using Graft.Files;
using Graft.Torch.Distributed;
using Graft.Torch.Layers;
using Graft.Torch.Weights;
using Graft.Training;

namespace Graft.Runs;

/// <summary>One run on several processes: that they begin with the same state, keep it, and what they exchange.</summary>
/// <param name="group">The processes.</param>
/// <param name="trainer">The trainer of this one.</param>
/// <param name="network">Its network.</param>
internal sealed class RankTraining(ProcessGroup group, Trainer trainer, Module network)
{
    private long _bytes, _steps;
    private double _waited;

    /// <summary>What was exchanged since the beginning.</summary>
    internal RankReport Report => new(
        group.Size, trainer.State.Step > _steps ? (group.Bytes - _bytes) / (trainer.State.Step - _steps) : trainer.Exchange!.Bytes, trainer.Exchange!.Messages, (group.WaitSeconds - _waited) / Math.Max(1, trainer.State.Step - _steps), trainer.SynchronisedNorms);

    /// <summary>Compares the states, tells the others where the run is, and the user what travels.</summary>
    /// <param name="folder">The run folder; null: another process writes it.</param>
    /// <param name="observer">Is told what travels.</param>
    /// <returns>The run folder.</returns>
    internal RunFolder Begin(RunFolder? folder, IRunObserver observer)
    {
        RankAgreement.RequireSame(group, ResumeFile.HashOf(trainer, network), "do not continue from the same state", "Give every rank the same run folder.");
        RunFolder shared = RunFolder.Of(Encoding.UTF8.GetString(group.Send(folder is null ? null : Encoding.UTF8.GetBytes(Path.GetFullPath(folder.Path)), 0)));
        (_bytes, _steps, _waited) = (group.Bytes, trainer.State.Step, group.WaitSeconds);
        RankReport report = Report;
        observer.OnNote(FormattableString.Invariant(
            $"{report.Count} ranks share each batch; {report.BytesPerStep / 1e6:0.##} MB of gradients in {Counted.Of(report.MessagesPerStep, "message")} per step; ")
            + (report.SynchronisedNorms == 0 ? "all batch statistics are frozen." : $"the batch statistics of {Counted.Of(report.SynchronisedNorms, "layer")} are synchronised."));
        return folder ?? shared;
    }

    /// <summary>Checks that all processes have the same averaged weights.</summary>
    /// <exception cref="GraftException">Of kind Runtime: they drifted apart.</exception>
    internal void RequireSameWeights()
        => RankAgreement.RequireSame(group, StateHash.Of(trainer.Average.State().Select(entry => WeightData.From(entry.Name, entry.Value)), StateHashHeading.NameLine), "have different weights after the same steps", "Their processors compute differently: train on machines of one kind.");
}
