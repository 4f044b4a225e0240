using Graft.Adapters;
using Graft.Configuration;
using Graft.Data;
using Graft.Detectors;
using Graft.Drawing;
using Graft.Evaluation;
using Graft.Files;
using Graft.Models;
using Graft.Torch;
using Graft.Torch.Distributed;
using Graft.Training;

namespace Graft.Runs;

/// <summary>Trains a detector as a configuration says, and writes the run folder.</summary>
public sealed class TrainingRun : IDisposable
{
    private readonly RunConfig _config;
    private readonly TrainingRequest _request;
    private readonly DetectionData _data;
    private readonly Vocabulary _vocabulary;
    private readonly IDetector _detector;
    private readonly RunRecord _record;
    private readonly List<string> _notes;
    private readonly IReadOnlyList<string> _fontRemarks;

    /// <summary>Opens the data and builds the detector; nothing is written yet.</summary>
    /// <exception cref="GraftException">Data, weights or settings that cannot be used.</exception>
    public TrainingRun(RunConfig config, TrainingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request = request with { Base = request.Base is { } target ? TrainedModel.FileOf(target) : null };
        TrainingLimits.Require(config.Train, request.Group);
        request.RequireFolder();
        request.Resume?.RequireUnfinished(config.Train);
        _request = request;
        _data = DetectionData.Open(config.Data, request.ConfigFolder, request.Resume?.ConfigFolder);
        config = config with
        {
            Model = BaseFile.WithFormOf(config.Model, request.Base ?? request.Resume?.Folder.Last),
            Text = WithEncoderOf(config, request.Base),
        };
        _vocabulary = Vocabularies.For(config, _data.Train);
        _config = config with
        {
            Model = config.Model.WithClasses(_vocabulary.Names.Count),
            Data = _data.Options ?? config.Data,      // a run is opened from any working directory
            Train = config.Train.WithViews(),
        };
        _record = RunRecord.Of(_config, _data, request.Resume?.ConfigFolder ?? request.ConfigFolder);
        _fontRemarks = Fonts.Remarks(_data.Val.ClassNames);
        string[] precision = config.Train.Amp ? [TrainingLimits.Precision()] : [];
        _notes = [.. precision, .. _vocabulary.Notes, .. _fontRemarks, .. request.Resume?.Compare(_record) ?? TrainingDataNotes.Of(_data.Train, fresh: request.Base is null)];
        TorchRuntime.Seed((ulong)config.Train.Seed);
        _detector = DetectorFactory.Create(_config.Model, _vocabulary);
        try
        {
            (BaseReport, Attached) = Prepare(config, request);
        }
        catch
        {
            _detector.Dispose();
            throw;
        }
    }

    /// <summary>Report of loading the base file; null without one.</summary>
    public LoadReport? BaseReport { get; }

    /// <summary>Notes for the user before training: corrections of the data, warnings, differences of a resume.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Adapters and the trainable parameters; null when the whole network is trained.</summary>
    public AttachedAdapters? Attached { get; }

    /// <summary>Training and validation data.</summary>
    public DetectionData Data => _data;

    /// <summary>The detector that is trained.</summary>
    public IDetector Detector => _detector;

    /// <summary>The network with its classes, in the form of its base.</summary>
    public ModelOptions Model => _config.Model;

    /// <summary>Whether some stages before the first trainable layer are frozen, so that what they give can be kept.</summary>
    public bool KeepsFeatures => _detector.Network.FrozenStages(_detector.TextChanges) > 0;

    /// <summary>Keys that a base file may contain besides those of the network.</summary>
    public static LoadOptions BaseWeights { get; } = new() { MayExceed = ["backbone.text_model.*", Checkpoint.EmbeddingsKey, "embeddings", "adapter.*"] };

    /// <summary>Trains, and writes the run folder.</summary>
    /// <param name="observer">Receives reports of steps and epochs.</param>
    /// <param name="stop">Stops after the step in progress; the run can be resumed.</param>
    public TrainingResult Run(IRunObserver observer, CancellationToken stop)
    {
        if (_request.Group is { } group)
        {
            RankAgreement.Require(group, _record, _detector.Network, _request.Resume?.State.Step ?? 0);
        }

        return _request.Group is { Leads: false } others ? Follow(others, observer, stop) : Lead(observer, stop);
    }

    /// <summary>Trains, and writes the run folder.</summary>
    private TrainingResult Lead(IRunObserver observer, CancellationToken stop)
    {
        using RunLock held = _request.Claim(out RunFolder folder);
        using TrainingBatches batches = Batches(_config.Train, group: _request.Group);
        using Trainer trainer = NewTrainer(batches, observer, _config.Train, _request.Group);
        Resume(trainer, batches.Count, observer);
        RankTraining? ranks = _request.Group is { } group ? new RankTraining(group, trainer, _detector.Network) : null;
        ranks?.Begin(folder, observer);
        using IFeatureStore? features = RunFeatures.Open(trainer, _detector, _data.Train, _config.Train, folder, observer.OnNote);
        AtomicFile.WriteText(folder.Arguments, ConfigWriter.ToYaml(_config));
        IRunObserver next = Attached is null ? observer : new ExpertLog(folder, Attached, observer, trainer.State.Epoch);
        using TensorBoardLog? board = _config.Train.Tensorboard ? new TensorBoardLog(folder, Attached, trainer.Optimizer, trainer.State.Step, next) : null;
        RunJournal journal = new(folder, board ?? next, trainer.State.Epoch);
        RunCheckpoints checkpoints = new(folder, trainer, _detector, Attached, _vocabulary, _config, _record);
        using RunValidation validation = new(_detector, _data.Val, _config, _request.Group);
        long firstStep = trainer.State.Step;
        double earlier = trainer.Seconds;

        TrainingEnd end = trainer.Run(journal, Validate, Save, stop);
        if (end == TrainingEnd.Patience)
        {
            checkpoints.SaveOutOfPatience();
        }

        double images = (trainer.State.Step - firstStep) * (double)_config.Train.Batch, seconds = trainer.Seconds - earlier - validation.Seconds;
        TrainingResult result = new(folder, end, trainer.State, ModelSummary.Of(_detector.Network, Attached), trainer.Seconds, images / seconds) { Ranks = ranks?.Report };
        EvaluationResult? shown = validation.Shown(folder, end);
        journal.DrawImages(_data, shown);
        board?.Images();
        TrainingReport.Write(_config, _request, _data, result, Attached, shown, _fontRemarks);
        if (end != TrainingEnd.Interrupted)
        {
            features?.Dispose();
            RunFeatures.Delete(folder);
        }

        return result;

        Validation Validate()
        {
            ranks?.RequireSameWeights();
            return validation.Run();
        }

        void Save(bool best)
        {
            if (best)
            {
                validation.KeepAsBest();
            }

            checkpoints.Save(best);
        }
    }

    /// <summary>Trains as one of several processes, of which another writes the run folder.</summary>
    private TrainingResult Follow(ProcessGroup group, IRunObserver observer, CancellationToken stop)
    {
        using TrainingBatches batches = Batches(_config.Train, group: group);
        using Trainer trainer = NewTrainer(batches, observer, _config.Train, group);
        Resume(trainer, batches.Count, observer);
        RankTraining ranks = new(group, trainer, _detector.Network);
        RunFolder folder = ranks.Begin(null, observer);
        using IFeatureStore? features = RunFeatures.Open(trainer, _detector, _data.Train, _config.Train, folder, observer.OnNote, group.Rank);
        using RunValidation validation = new(_detector, _data.Val, _config, group);
        TrainingEnd end = trainer.Run(observer, Validate, _ => { }, stop);
        return new TrainingResult(folder, end, trainer.State, ModelSummary.Of(_detector.Network, Attached), trainer.Seconds, double.NaN) { Ranks = ranks.Report };

        Validation Validate()
        {
            ranks.RequireSameWeights();
            return validation.Run();
        }
    }

    /// <summary>Measures the speed of this machine with some steps; nothing is written. The weights change: train with another object.</summary>
    /// <param name="steps">Steps to time, after the first ones, which are not counted.</param>
    /// <param name="keepFeatures">Whether to measure steps on kept features too; only where <see cref="KeepsFeatures"/>.</param>
    /// <param name="stop">Stops after the step in progress.</param>
    /// <exception cref="OperationCanceledException">It was stopped before a step was timed.</exception>
    public TrainingSpeed MeasureSpeed(int steps, bool keepFeatures = false, CancellationToken stop = default)
    {
        double rate = StepsPerSecond(steps, _data.Train, store: null, out double megabytes);
        double? kept = null;
        if (keepFeatures)
        {
            // Two batches, of one view: the first steps compute what the others find.
            DetectionDataset two = _data.Train with { Images = [.. _data.Train.Images.Take(SpeedProbe.StepClock.WarmUp * _config.Train.Batch)] };
            using FeatureMemory store = new(long.MaxValue, _ => { });
            kept = StepsPerSecond(steps, two, store, out megabytes);
        }

        return new TrainingSpeed(_config.Train.Imgsz, rate, SpeedProbe.Validate(_detector, _data.Val, _config)) { KeptImagesPerSecond = kept, Megabytes = megabytes };

        double StepsPerSecond(int count, DetectionDataset data, IFeatureStore? store, out double most)
        {
            TrainOptions endless = SpeedProbe.Endless(_config.Train) with { Views = store is null ? 0 : 1 };
            using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
            SpeedProbe.StepClock clock = new(count, enough);
            using TrainingBatches batches = Batches(endless, data);
            using Trainer trainer = NewTrainer(batches, clock, endless);
            if (store is not null)
            {
                trainer.Keep(store);
            }

            using TensorMemory memory = TensorMemory.Watch();
            trainer.Run(clock, () => throw new System.Diagnostics.UnreachableException(), _ => { }, enough.Token);
            stop.ThrowIfCancellationRequested();
            most = memory.Peak / (double)(1 << 20);
            return (double)data.Images.Count / batches.Count / clock.SecondsPerStep;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _detector.Dispose();

    /// <summary>A configuration that names no text encoder takes that of its base.</summary>
    private static TextOptions WithEncoderOf(RunConfig config, string? target)
        => config is { Text.Model: null, Model.TextWidth: not null } && target is not null
            ? config.Text with { Model = TrainedModel.TextEncoderOf(target) }
            : config.Text;

    private (LoadReport? Base, AttachedAdapters? Attached) Prepare(RunConfig config, TrainingRequest request)
    {
        LoadReport? report = null;
        if (request.Base is not null)
        {
            TextEncoders.RequireSame(
                request.Base, TrainedModel.VocabularyOf(request.Base)?.Encoder, _vocabulary.Embeddings is null ? null : _vocabulary.Encoder?.Hash ?? StandIns.HashOf(_vocabulary), _vocabulary.Source);
            report = BaseFile.Load(_detector.Network, request.Base, _config.Model, _vocabulary.Names);
        }
        else if (config.Tuning is { Freeze.Count: > 0 } && request.Resume is null)
        {
            throw new GraftException(
                Failure.Usage, "This configuration tunes a frozen model, and no base was given.", "Give one: --base runs/detect/train (or a weight file).");
        }

        PromptTuning.Prepare(_detector, config.Text);
        if (Vocabularies.BankOf(config, _data.Train) is { } bank)
        {
            ((ITextDetector)_detector).PromptBank = bank;
        }

        return (report, Tuning.Apply(_detector, _config));
    }

    /// <summary>The trainer, which stops the run when an adapter receives no gradients.</summary>
    private Trainer NewTrainer(TrainingBatches batches, IRunObserver observer, TrainOptions options, ProcessGroup? group = null)
    {
        IDetector trained = Attached is null ? _detector : new AdaptedDetector(_detector, Attached);
        Trainer trainer = new(trained, options, batches, Attached?.Groups, group);
        try
        {
            if (Attached is { Adapters.Count: > 0 } attached)
            {
                Liveness liveness = new(attached, attached.Options.LivenessSteps) { Note = observer.OnNote };
                liveness.RequireAveraged(trainer.Average);
                liveness.RequireSaved(_detector.Network.StateDict().Select(entry => entry.Name));
                trainer.AfterBackward = _ => liveness.Observe();
            }

            return trainer;
        }
        catch
        {
            trainer.Dispose();
            throw;
        }
    }

    private TrainingBatches Batches(TrainOptions train, DetectionDataset? data = null, ProcessGroup? group = null) => new(
        data ?? _data.Train,
        new BatchOptions
        {
            Size = train.Batch,
            Side = train.Imgsz,
            Workers = train.Workers,
            Seed = train.Seed,
            Views = train.Views,
            Shard = Shard.Of(group),
        },
        train);

    private void Resume(Trainer trainer, int stepsPerEpoch, IRunObserver observer)
    {
        if (_request.Resume is { } resumption)
        {
            resumption.Restore(trainer, _detector.Network, _record, stepsPerEpoch, observer);
            Attached?.ContinueFrom(Checkpoint.BaseHashOf(resumption.Folder.Last));
        }
    }
}
