using System.Text.Json;
using Graft.Files;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Training;

namespace Graft.Runs;

/// <summary>Everything that continues a run as if it had never stopped: weights, averages, moments, counters.</summary>
public static class ResumeFile
{
    private const string StateKey = "graft.training_state";

    /// <summary>Writes the trainer's state; complete or not there.</summary>
    public static void Write(string path, Trainer trainer, Module network)
    {
        trainer.State.OptimizerSteps = trainer.Optimizer.Steps;
        trainer.State.AverageUpdates = trainer.Average.Updates;
        TrainingState state = trainer.State with { Seconds = trainer.Seconds };
        IEnumerable<WeightData> tensors = Entries(trainer, network).Select(entry => WeightData.From(entry.Name, entry.Value));
        SafeTensorsWriter.Write(path, tensors, new Dictionary<string, string> { [StateKey] = JsonSerializer.Serialize(state) });
    }

    /// <summary>Reads a state back into a trainer of the same configuration.</summary>
    /// <exception cref="GraftException">The file does not fit the configuration.</exception>
    public static void Read(string path, Trainer trainer, Module network)
    {
        using WeightFile file = WeightFile.Open(path);
        if (!file.Metadata.TryGetValue(StateKey, out string? json))
        {
            throw new GraftException(Failure.Model, $"{path} is not a resume file of Graft.", "Use weights/resume.safetensors of a run folder.");
        }

        using NoGrad off = NoGrad.Begin();
        (string Name, Tensor Value)[] entries = [.. Entries(trainer, network)];
        LoadReport.Compare(
            entries.Select(entry => new ExpectedWeight(entry.Name, entry.Value.Shape, entry.Value.DType.StoredType())), file).ThrowUnlessComplete();
        foreach ((string name, Tensor value) in entries)
        {
            file[name].CopyInto(value);
        }

        trainer.State = JsonSerializer.Deserialize<TrainingState>(json)!;
        trainer.Optimizer.Steps = trainer.State.OptimizerSteps;
        trainer.Average.Updates = trainer.State.AverageUpdates;
    }

    private static IEnumerable<(string Name, Tensor Value)> Entries(Trainer trainer, Module network) =>
    [
        .. network.StateDict().Select(entry => ("model/" + entry.Name, entry.Value)),
        .. trainer.Average.State().Select(entry => ("average/" + entry.Name, entry.Value)),
        .. trainer.Optimizer.State().Select(entry => ("optimizer/" + entry.Name, entry.Value)),
    ];
}
