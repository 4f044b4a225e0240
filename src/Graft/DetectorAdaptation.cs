using Graft.Adapters;
using Graft.Data;
using Graft.Runs;
using Graft.Training;

namespace Graft;

/// <summary>Trains adapters on a base for <see cref="Detector.Adapt"/>.</summary>
internal static class DetectorAdaptation
{
    /// <summary>The <c>train:</c> section of <c>start/adapt</c>.</summary>
    private static readonly TrainOptions Train = new() { Epochs = 60, Batch = 8, Lr = 0.002, Patience = 20 };

    /// <summary>Trains, and writes the run folder.</summary>
    /// <exception cref="GraftException">Data, base or settings that cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled; the run folder can be resumed.</exception>
    internal static TrainingResult Run(TrainedModel model, string data, AdaptOptions options, CancellationToken stop)
    {
        TrainingRequest request = new()
        {
            ConfigFolder = options.Strategy is { } name ? Path.GetDirectoryName(Path.GetFullPath(ConfigFinder.Resolve(name))) : null,
            Base = model.Path,
            Name = "adapt",
            WorkDir = options.WorkFolder,
            Command = "Detector.Adapt",
        };
        IRunObserver observer = options.Observer ?? new RunObserver();
        RunConfig config = ConfigOf(model, data, options);
        using TrainingRun run = new(config, request);
        HashSet<string> noted = [];
        Note(run.Notes);
        NoteProblems();
        TrainingResult result = run.Run(observer, stop);
        NoteProblems();     // loading images may have found more
        return result.End != TrainingEnd.Interrupted ? result : throw new OperationCanceledException(
            $"Training was cancelled in epoch {result.State.Epoch + 1} and is saved; continue it with: graft train --resume {result.Folder.Path}", stop);

        void Note(IEnumerable<string> notes)
        {
            foreach (string note in notes.Where(noted.Add))
            {
                observer.OnNote(note);
            }
        }

        void NoteProblems() => Note(TrainingReport.ProblemsOf(config, run.Data));
    }

    /// <summary>The <c>tuning:</c> section of <c>start/adapt</c>, at the default sites of the detector: the neck.</summary>
    private static TuningOptions TuningOf(TrainedModel model)
        => new() { Adapters = [new RepMonaOptions { At = model.Detector.Network.DefaultSites, Rank = 16 }] };

    /// <summary>The configuration of the run: the strategy with the network, the image size and the text encoder of the base.</summary>
    internal static RunConfig ConfigOf(TrainedModel model, string data, AdaptOptions options)
    {
        RunConfig own = model.Config;
        RunConfig strategy = options.Strategy is { } name
            ? ConfigFinder.Load(name, []).Value
            : new RunConfig { Train = Train, Tuning = TuningOf(model) };
        RunConfig config = strategy with
        {
            Model = own.Model,
            Data = strategy.Data with { Root = data, Depth = strategy.Data.Depth ?? own.Data.Depth },
            Text = strategy.Text.Model is not null ? strategy.Text : strategy.Text with
            {
                Model = own.Text.Model ?? TrainedModel.TextEncoderOf(model.Path),
                Tokenizer = strategy.Text.Tokenizer ?? own.Text.Tokenizer,
            },
            Train = strategy.Train with
            {
                Epochs = options.Epochs ?? strategy.Train.Epochs,
                Imgsz = options.ImageSize ?? own.Train.Imgsz,
                Batch = options.Batch ?? strategy.Train.Batch,
                Lr = options.LearningRate ?? strategy.Train.Lr,
                Seed = options.Seed ?? strategy.Train.Seed,
            },
            Tuning = options.Adapters is { } adapters ? new TuningOptions { Adapters = adapters } : strategy.Tuning,
        };

        // Writing and reading it checks ranges and applies the other settings, as for a configuration file.
        return Checkpoint.Changed(config, options.Settings);
    }
}
