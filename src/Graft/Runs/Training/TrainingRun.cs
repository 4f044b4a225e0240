using System.Diagnostics;
using System.Globalization;
using Graft.Adapters;
using Graft.Configuration;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Files;
using Graft.Torch;
using Graft.Torch.Weights;
using Graft.Training;

namespace Graft.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="End">Why it ended.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Summary">What learned.</param>
/// <param name="Seconds">Training and validation.</param>
/// <param name="ImagesPerSecond">Training images a second, validation not counted.</param>
public sealed record TrainingResult(
    RunFolder Folder, TrainingEnd End, TrainingState State, ModelSummary Summary, double Seconds, double ImagesPerSecond);

/// <summary>From a configuration to a run folder: data, detector, loop, files.</summary>
public sealed class TrainingRun : IDisposable
{
    private readonly RunConfig _config;
    private readonly TrainingRequest _request;
    private readonly DetectionData _data;
    private readonly Vocabulary _vocabulary;
    private readonly IDetector _detector;
    private readonly RunRecord _record;
    private readonly List<string> _notes;

    /// <summary>Opens the data and builds the detector; nothing is written yet.</summary>
    /// <exception cref="GraftException">Data, weights or settings that cannot be used.</exception>
    public TrainingRun(RunConfig config, TrainingRequest request)
    {
        RefuseUnready(config);
        request.RequireFolder();
        request.Resume?.RequireUnfinished(config.Train);
        _request = request;
        _data = DetectionData.Open(config.Data, request.ConfigFolder, request.Resume?.ConfigFolder);
        config = config with { Model = BaseFile.WithFormOf(config.Model, request.Base ?? request.Resume?.Folder.Last) };
        _vocabulary = Vocabularies.For(config, _data.Train);
        _config = config with { Model = config.Model.WithClasses(_vocabulary.Names.Count) };
        _record = RunRecord.Of(_config, _data, request.Resume?.ConfigFolder ?? request.ConfigFolder);
        _notes = [.. _vocabulary.Notes, .. request.Resume?.Compare(_record) ?? TrainingExpectations.Of(_data.Train, fresh: request.Base is null)];
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

    /// <summary>What the base file gave; null without one.</summary>
    public LoadReport? BaseReport { get; }

    /// <summary>What a user must know before training: what was put right while reading, what to expect, what a resume changes.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Adapters and what learns; null when the whole network learns.</summary>
    public AttachedAdapters? Attached { get; }

    /// <summary>Training and validation data.</summary>
    public DetectionData Data => _data;

    /// <summary>What learns.</summary>
    public IDetector Detector => _detector;

    /// <summary>Keys that a base file may hold beyond the network's.</summary>
    public static LoadOptions BaseWeights { get; } = new() { MayExceed = ["backbone.text_model.*", Checkpoint.EmbeddingsKey, "embeddings", "adapter.*"] };

    /// <summary>Trains, and writes the run folder.</summary>
    public TrainingResult Run(IRunObserver observer, CancellationToken stop)
    {
        using RunLock held = _request.Claim(out RunFolder folder);
        using TrainingBatches batches = Batches(_config.Train);
        IDetector learner = Attached is null ? _detector : new AdaptedDetector(_detector, Attached);
        using Trainer trainer = new(learner, _config.Train, batches, Attached?.Groups);
        if (Attached is { Adapters.Count: > 0 })
        {
            Liveness liveness = new(Attached, Attached.Options.LivenessSteps) { Note = observer.OnNote };
            liveness.RequireAveraged(trainer.Average);
            liveness.RequireSaved(_detector.Network.StateDict().Select(entry => entry.Name));
            trainer.AfterBackward = _ => liveness.Observe();
        }

        if (_request.Resume is not null)
        {
            Continue(_request.Resume, trainer, batches.Count, observer);
            Attached?.ContinueFrom(Checkpoint.BaseHashOf(folder.Last));
        }

        AtomicFile.WriteText(folder.Arguments, ConfigWriter.ToYaml(_config));
        IRunObserver told = Attached is null ? observer : new ExpertLog(folder, Attached, observer, trainer.State.Epoch);
        RunJournal journal = new(folder, told, trainer.State.Epoch);
        using DetectorEvaluation evaluation = new(_data.Val, _config.Train.Imgsz, _config.Predict, _config.Train.Workers);
        EvaluationResult? last = null, kept = null;
        long firstStep = trainer.State.Step;
        Stopwatch validating = new();
        TrainingEnd end = trainer.Run(journal, Validate, Save, stop);
        if (end == TrainingEnd.Patience)
        {
            ResumeFile.Write(folder.Resume, trainer, _detector.Network, _record with { OutOfPatience = true });
        }

        double training = trainer.Seconds - validating.Elapsed.TotalSeconds;
        EvaluationResult? shown = kept ?? (end == TrainingEnd.Interrupted ? last : BestBefore(folder, evaluation) ?? last);
        journal.Close(_data, shown);
        TrainingResult result = new(
            folder, end, trainer.State, ModelSummary.Of(_detector.Network, Attached), trainer.Seconds,
            (trainer.State.Step - firstStep) * (double)_config.Train.Batch / training);
        TrainingReport.Write(_config, _request, _data, result, Attached, shown);
        return result;

        Validation Validate()
        {
            validating.Start();
            last = evaluation.Run(_detector, losses: true);
            validating.Stop();
            return new Validation(last.Scores, last.Losses);
        }

        void Save(bool best)
        {
            using (trainer.Average.Apply())
            {
                Dictionary<string, string> more = new()
                {
                    ["graft.epoch"] = trainer.State.Epoch.ToString(CultureInfo.InvariantCulture),
                };
                if (trainer.State.Measured)
                {
                    more["graft.best_map"] = trainer.State.BestMap.ToString("r", CultureInfo.InvariantCulture);
                }

                if (Attached is not null)
                {
                    more[Checkpoint.BaseHashKey] = Attached.BaseHash;
                }

                Vocabulary words = (_detector as ITextDetector)?.LearnedVocabulary() ?? _vocabulary;
                Checkpoint.Write(folder.Last, _detector, words, _config, more);
                if (best)
                {
                    kept = last;
                    Checkpoint.Write(folder.Best, _detector, words, _config, more);
                    if (Attached is not null)
                    {
                        AdapterFile.Save(folder.Adapter, Attached, words, more);
                    }

                    if (_config.Text.Learn)
                    {
                        PromptTuning.Save(folder.Prompts, words);
                    }
                }

                if (_config.Train.SavePeriod > 0 && trainer.State.Epoch % _config.Train.SavePeriod == 0 && trainer.State.StepInEpoch == 0)
                {
                    Checkpoint.Write(folder.In("weights", string.Create(CultureInfo.InvariantCulture, $"epoch{trainer.State.Epoch}.safetensors")), _detector, words, _config, more);
                }
            }

            ResumeFile.Write(folder.Resume, trainer, _detector.Network, _record);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _detector.Dispose();

    private (LoadReport? Base, AttachedAdapters? Attached) Prepare(RunConfig config, TrainingRequest request)
    {
        LoadReport? report = null;
        if (request.Base is not null)
        {
            report = BaseFile.Load(_detector.Network, request.Base, _config.Model, _vocabulary.Names);
        }
        else if (config.Tuning is { Freeze.Count: > 0 } && request.Resume is null)
        {
            throw new GraftException(
                Failure.Usage, "This configuration tunes a frozen model, and no base was given.", "Name one: --base runs/detect/train (or a weight file).");
        }

        PromptTuning.Prepare(_detector, config.Text);
        if (Vocabularies.BankOf(config, _data.Train) is { } bank)
        {
            ((ITextDetector)_detector).Bank = bank;
        }

        return (report, Tuning.Apply(_detector, _config));
    }

    /// <summary>What the best epoch finds when it was before this session; null when there was none.</summary>
    private static EvaluationResult? BestBefore(RunFolder folder, DetectorEvaluation evaluation)
    {
        if (!File.Exists(folder.Best))
        {
            return null;
        }

        using TrainedModel best = TrainedModel.Open(folder.Best, []);
        return evaluation.Run(best.Detector);
    }

    private TrainingBatches Batches(TrainOptions train) => new(
        _data.Train,
        new BatchOptions { Size = train.Batch, Side = train.Imgsz, Workers = train.Workers, Seed = train.Seed },
        new AugmentOptions
        {
            Mosaic = train.Mosaic,
            MixUp = train.Mixup,
            Scale = train.Scale,
            Translate = train.Translate,
            FlipHorizontal = train.Fliplr,
            Hue = train.HsvH,
            Saturation = train.HsvS,
            Value = train.HsvV,
        });

    private void Continue(Resumption resumption, Trainer trainer, int stepsPerEpoch, IRunObserver observer)
    {
        ResumeFile.Read(resumption.Folder.Resume, trainer, _detector.Network);
        resumption.RequireSameNetwork(_record);
        TrainingState state = trainer.State;
        if (state.Step != ((long)state.Epoch * stepsPerEpoch) + state.StepInEpoch)
        {
            // Other images or another batch: steps are counted anew, or the learning rate would be that of another epoch.
            if (state.StepInEpoch > 0)
            {
                observer.OnNote($"note: an epoch has {stepsPerEpoch} steps now; epoch {state.Epoch + 1} starts again.");
            }

            (state.Step, state.StepInEpoch, state.LossSums, state.LossSteps) = ((long)state.Epoch * stepsPerEpoch, 0, [], 0);
        }
    }

    private static void RefuseUnready(RunConfig config)
    {
        if (config.Train.Imgsz % 32 != 0)
        {
            throw new GraftException(Failure.Usage, $"train.imgsz is {config.Train.Imgsz}; it must be a multiple of 32.", $"Use {config.Train.Imgsz / 32 * 32} or {((config.Train.Imgsz / 32) + 1) * 32}.");
        }
    }
}
