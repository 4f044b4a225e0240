using System.Text.Json;
using Graft.Files;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Weights;
using Graft.Training;

namespace Graft.Runs;

/// <summary>The state from which a run continues bit for bit: weights, averaged weights, optimizer moments, counters.</summary>
public static class ResumeFile
{
    private const string StateKey = "graft.training_state", RecordKey = "graft.run";

    /// <summary>Writes the trainer's state and the run record that a resume compares; the file is complete or absent.</summary>
    internal static void Write(string path, Trainer trainer, Module network, RunRecord record)
    {
        trainer.State.OptimizerSteps = trainer.Optimizer.Steps;
        trainer.State.AverageUpdates = trainer.Average.Updates;
        TrainingState state = trainer.State with { Seconds = trainer.Seconds };
        IEnumerable<WeightData> tensors = Entries(trainer, network).Select(entry => WeightData.From(entry.Name, entry.Value));
        SafeTensorsWriter.Write(path, tensors, new Dictionary<string, string>
        {
            [StateKey] = JsonSerializer.Serialize(state),
            [RecordKey] = JsonSerializer.Serialize(record),
        });
    }

    /// <summary>Reads the training state and the run record; the latter is null in files of older versions.</summary>
    /// <exception cref="GraftException">Of kind Model: there is no such file, or it was not written by Graft.</exception>
    internal static (TrainingState State, RunRecord? Record) Peek(string path)
    {
        if (!File.Exists(path))
        {
            throw new GraftException(
                Failure.Model, $"There is no {path}: the run stopped before it was first saved, or the file is lost.",
                "Start the run again: graft train CONFIG --work-dir FOLDER --overwrite.");
        }

        using WeightFile file = WeightFile.Open(path);
        return (Parse<TrainingState>(file, StateKey) ?? throw NoResumeFile(path), Parse<RunRecord>(file, RecordKey));
    }

    /// <summary>Reads a state back into a trainer of the same configuration.</summary>
    /// <exception cref="GraftException">The file does not fit the configuration.</exception>
    public static void Read(string path, Trainer trainer, Module network)
    {
        using WeightFile file = WeightFile.Open(path);
        TrainingState state = Parse<TrainingState>(file, StateKey) ?? throw NoResumeFile(path);
        using NoGrad off = NoGrad.Begin();
        (string Name, Tensor Value)[] entries = [.. Entries(trainer, network)];
        LoadReport.Compare(
            entries.Select(entry => new ExpectedWeight(entry.Name, entry.Value.Shape, entry.Value.DType.StoredType())), file,
            options: new LoadOptions { MayExceed = ["average/*"] }).ThrowUnlessComplete();      // older versions averaged what is frozen too
        foreach ((string name, Tensor value) in entries)
        {
            file[name].CopyInto(value);
        }

        trainer.State = state;
        trainer.Optimizer.Steps = trainer.State.OptimizerSteps;
        trainer.Average.Updates = trainer.State.AverageUpdates;
    }

    private static T? Parse<T>(WeightFile file, string key)
        where T : class
    {
        try
        {
            return file.Metadata.TryGetValue(key, out string? json) ? JsonSerializer.Deserialize<T>(json) : null;
        }
        catch (JsonException error)
        {
            throw new GraftException(Failure.Model, $"{file.Path}: its metadata '{key}' is damaged: {error.Message}", inner: error);
        }
    }

    private static GraftException NoResumeFile(string path)
        => new(Failure.Model, $"{path} is not a resume file of Graft.", "Use weights/resume.safetensors of a run folder.");

    /// <summary>Hash of everything that a resume file would hold in tensors.</summary>
    internal static string HashOf(Trainer trainer, Module network)
        => StateHash.Of(Entries(trainer, network).Select(entry => WeightData.From(entry.Name, entry.Value)), StateHashHeading.NameTypeShape);

    private static IEnumerable<(string Name, Tensor Value)> Entries(Trainer trainer, Module network) =>
    [
        .. network.StateDict().Select(entry => ("model/" + entry.Name, entry.Value)),
        .. trainer.Average.State().Select(entry => ("average/" + entry.Name, entry.Value)),
        .. trainer.Optimizer.State().Select(entry => ("optimizer/" + entry.Name, entry.Value)),
    ];
}
