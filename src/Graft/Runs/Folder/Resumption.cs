using Graft.Configuration;
using Graft.Files;
using Graft.Torch.Layers;
using Graft.Training;

namespace Graft.Runs;

/// <summary>A stopped run that is resumed: its state, and how its settings and data differ from those of the resume.</summary>
public sealed class Resumption
{
    private const int ShownClasses = 20;
    private const string Unequal = "the result does not equal that of an uninterrupted run";

    /// <summary>Settings on which the existence or the meaning of tensors depends.</summary>
    private static readonly string[] Fixed = ["tuning", "tuning.freeze", "tuning.unfreeze", "tuning.adapters", "tuning.as_run", "text.learn", "text.mlp", "train.optimizer"];

    /// <summary>Settings that change no result, or whose effect is compared instead.</summary>
    private static readonly string[] Free =
    [
        "data.root", "data.train", "data.val", "data.train_images", "data.val_images", "data.names", "data.classes", "train.epochs", "train.workers",
        "train.save_period", "train.patience", "train.feature_cache_gb", "train.feature_cache_dir", "train.tensorboard",
    ];

    private readonly RunRecord _before;
    private readonly bool _complete;

    private Resumption(RunFolder folder, TrainingState state, RunRecord? record)
    {
        (Folder, State, _complete) = (folder, state, record is not null);
        _before = record ?? new RunRecord { Classes = ClassesOf(folder.Last), Config = File.ReadAllText(folder.Arguments) };
    }

    /// <summary>The run folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>The training state.</summary>
    public TrainingState State { get; }

    /// <summary>Folder of the configuration that the run started with; null when unknown.</summary>
    public string? ConfigFolder => _before.ConfigFolder;

    /// <summary>Opens a run to continue it.</summary>
    /// <exception cref="GraftException">Of kind Usage: no run is there; of kind Model: its resume file is missing or damaged.</exception>
    public static Resumption Open(RunFolder folder)
    {
        RunLock.RequireNone(folder.Path);
        if (!File.Exists(folder.Arguments) && !File.Exists(folder.Resume))
        {
            throw new GraftException(Failure.Usage, $"The folder {folder.Path} holds no run: it has no args.yaml and no weights/resume.safetensors.", "Give the run folder: --resume runs/detect/train.");
        }

        (TrainingState state, RunRecord? record) = ResumeFile.Peek(folder.Resume);
        return File.Exists(folder.Arguments)
            ? new Resumption(folder, state, record)
            : throw new GraftException(Failure.Usage, $"There is no {folder.Arguments}, the configuration of the run.", "Put the file back, or start again.");
    }

    /// <summary>Opens the run that a resume names, or the newest below a project that is not finished.</summary>
    /// <param name="target">The run folder, or a file in it; null: the newest.</param>
    /// <param name="project">Parent folder of the newest, such as <c>runs/detect</c>.</param>
    /// <param name="overrides">Settings that the resume changes.</param>
    /// <exception cref="GraftException">Of kind Usage: there is no such run; of kind Model: its resume file is missing or damaged.</exception>
    public static Resumption Find(string? target, string project, IReadOnlyList<string> overrides)
        => target is null ? Newest(project, overrides) : Open(RunFolder.Holding(target));

    /// <summary>Opens the newest run below a project that is not finished.</summary>
    /// <param name="project">Parent folder, such as <c>runs/detect</c>.</param>
    /// <param name="overrides">Settings that the resume changes: more epochs make a finished run an unfinished one.</param>
    /// <exception cref="GraftException">Of kind Usage: there is no unfinished run.</exception>
    public static Resumption Newest(string project, IReadOnlyList<string> overrides)
    {
        IReadOnlyList<RunFolder> runs = RunFolder.Below(project);
        foreach (RunFolder run in runs.Where(run => File.Exists(run.Arguments)))
        {
            Resumption found = Open(run);
            if (found.Finished(ConfigFile.Load<RunConfig>(run.Arguments, overrides).Value.Train) is null)
            {
                return found;
            }
        }

        throw runs.Count == 0
            ? new GraftException(Failure.Usage, $"There is no run to resume below {project}.", "Give the run folder: --resume runs/detect/train.")
            : new GraftException(
                Failure.Usage, $"There is no unfinished run to resume below {project}; the newest finished one is {runs[0].Path}.",
                $"To train it further: graft train --resume {runs[0].Path} epochs=N");
    }

    /// <summary>Checks that the run is not finished.</summary>
    /// <exception cref="GraftException">Of kind Usage: the run is finished.</exception>
    public void RequireUnfinished(TrainOptions options)
    {
        if (Finished(options) is { } reason)
        {
            throw reason;
        }
    }

    /// <summary>The differences from the run so far, one sentence each.</summary>
    /// <exception cref="GraftException">Of kind Refused: other classes, tuning or optimizer.</exception>
    internal IReadOnlyList<string> Compare(RunRecord now)
    {
        if (_before.Classes.Count > 0 && !_before.Classes.SequenceEqual(now.Classes))
        {
            throw new GraftException(
                Failure.Refused, $"{Folder.Path}: the run was trained on {Listed.First(_before.Classes, ShownClasses)}; the data has {Listed.First(now.Classes, ShownClasses)}.",
                "Restore names and order of the classes, or start a new run from these weights: graft train CONFIG --base RUN --data DATA.");
        }

        Refuse(now, key => IsFixed(key) && !IsModel(key));
        List<string> notes = [];
        if (!_complete)
        {
            notes.Add($"{Folder.Resume} was written by an older version and does not describe its data; only classes and configuration are compared.");
        }

        notes.AddRange(Settings(now).Where(change => !IsFixed(change.Key)).Select(change => $"{change.Key} {change.Before} -> {change.Now}: {Unequal}."));
        int before = Epochs(_before), epochs = Epochs(now);
        if (before != epochs)
        {
            notes.Add($"train.epochs {before} -> {epochs}: learning rates follow the new length from epoch {State.Epoch + 1} on.");
        }

        notes.AddRange([.. Split("training", _before.Train, now.Train!), .. Split("validation", _before.Val, now.Val!)]);
        notes.AddRange([.. Program("Graft", _before.Revision, now.Revision), .. Program("libraries", _before.Libraries, now.Libraries)]);
        notes.AddRange(_before.Threads == 0 ? [] : Program("threads", $"{_before.Threads}", $"{now.Threads}"));
        return notes;
    }

    /// <summary>Checks that no other process continued the run since it was opened.</summary>
    /// <exception cref="GraftException">Of kind Refused: its state has changed.</exception>
    internal void RequireSamePlace()
    {
        if (ResumeFile.Peek(Folder.Resume).State.Step != State.Step)
        {
            throw new GraftException(Failure.Refused, $"{Folder.Path}: another process trained this run while it was opened.", "Resume it again.");
        }
    }

    /// <summary>Reads the saved state into a trainer of the same network.</summary>
    /// <param name="trainer">Receives the state.</param>
    /// <param name="network">Receives the weights.</param>
    /// <param name="now">Record of the program and data that continue the run.</param>
    /// <param name="stepsPerEpoch">Steps per epoch of the present data.</param>
    /// <param name="observer">Receives a note when the epoch in progress starts again.</param>
    /// <exception cref="GraftException">Of kind Model: other tensors; of kind Refused: another network of the same shapes.</exception>
    internal void Restore(Trainer trainer, Module network, RunRecord now, int stepsPerEpoch, IRunObserver observer)
    {
        ResumeFile.Read(Folder.Resume, trainer, network);
        RequireSameNetwork(now);
        TrainingState state = trainer.State;
        if (state.Step == ((long)state.Epoch * stepsPerEpoch) + state.StepInEpoch)
        {
            return;
        }

        // With other images or another batch size steps are counted from the epoch, since the learning rate depends on them.
        if (state.StepInEpoch > 0)
        {
            observer.OnNote($"note: an epoch has {stepsPerEpoch} steps; epoch {state.Epoch + 1} starts again.");
        }

        (state.Step, state.StepInEpoch, state.LossSums, state.LossSteps) = ((long)state.Epoch * stepsPerEpoch, 0, [], 0);
    }

    /// <summary>Checks the settings of the network; call it after its weights were read, which names the tensors of another size.</summary>
    /// <exception cref="GraftException">Of kind Refused: another network of the same shapes.</exception>
    private void RequireSameNetwork(RunRecord now) => Refuse(now, IsModel);

    private static bool IsModel(string key) => key == "model" || key.StartsWith("model.", StringComparison.Ordinal);

    private static bool IsFixed(string key) => Fixed.Contains(key) || IsModel(key);

    private static IEnumerable<string> Split(string name, SplitRecord? before, SplitRecord now)
        => before?.Change(now) is { } what ? [$"{name} split: {what}: {Unequal}."] : [];

    private static IEnumerable<string> Program(string name, string? before, string? now)
        => before is null || before == now ? [] : [$"{name} {before} -> {now}: the last digits may differ from those of an uninterrupted run."];

    private static int Epochs(RunRecord record) => record.Parsed().Value.Train.Epochs;

    private static IReadOnlyList<string> ClassesOf(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using WeightFile file = WeightFile.Open(path);
        return Checkpoint.IsGraftFile(file) ? Checkpoint.VocabularyOf(file).Names : [];
    }

    private IEnumerable<(string Key, string Before, string Now)> Settings(RunRecord now) => _before.Changes(now).Where(change => !Free.Contains(change.Key));

    private void Refuse(RunRecord now, Func<string, bool> which)
    {
        string[] changed = [.. Settings(now).Where(change => which(change.Key)).Select(change => $"{change.Key} {change.Before} -> {change.Now}")];
        if (changed.Length > 0)
        {
            throw new GraftException(
                Failure.Refused, $"{Folder.Path}: a resume cannot change {string.Join("; ", changed)}.",
                "Restore it, or start a new run from these weights: graft train CONFIG --base RUN.");
        }
    }

    private GraftException? Finished(TrainOptions options)
    {
        if (State.Epoch >= options.Epochs)
        {
            return new GraftException(
                Failure.Usage, State.Epoch > options.Epochs
                    ? $"{Folder.Path}: the run is finished: {State.Epoch} epochs are done, and train.epochs is {options.Epochs}."
                    : $"{Folder.Path}: the run is finished: {State.Epoch} of {options.Epochs} epochs.",
                $"Give more epochs to continue: graft train --resume {Folder.Path} epochs=N");
        }

        return _before.OutOfPatience && _before.Parsed().Value.Train.Patience == options.Patience
            ? new GraftException(
                Failure.Usage,
                $"{Folder.Path}: the run is finished: mAP did not improve for {options.Patience} epochs (train.patience), after {State.Epoch} of {options.Epochs} epochs.",
                $"Give another patience to continue (0: no limit): graft train --resume {Folder.Path} patience=N")
            : null;
    }
}
