using Graft.Data;
using Graft.Evaluation;
using Graft.Runs;
using Graft.Tests.Data;
using Graft.Tests.Evaluation;
using Graft.Torch;
using Graft.Training;

namespace Graft.Tests.Training;

/// <summary>A trainer with a fake detector on four small images, one per step; it records the progress.</summary>
internal sealed class FakeRun : IRunObserver, IDisposable
{
    internal const int StepsPerEpoch = 4;
    private readonly TrainingBatches _batches;
    private readonly CancellationTokenSource _stop = new();
    private readonly TensorScope _scope = TensorScope.Begin();
    private readonly double[] _maps;
    private int _validated;

    /// <param name="folder">Folder of the images.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="detector">The detector to train.</param>
    /// <param name="maps">mAP of the validations, in turn.</param>
    internal FakeRun(TemporaryFolder folder, TrainOptions options, FakeDetector detector, params double[] maps)
    {
        _maps = maps;
        Detector = detector;
        _batches = new TrainingBatches(
            PaintedBoards.Write(folder, StepsPerEpoch, 100, 60), new BatchOptions { Size = 1, Side = 32, Workers = 0, Seed = options.Seed }, AugmentOptions.None);
        Trainer = new Trainer(detector, options, _batches);
    }

    internal static TrainOptions Options { get; } = new()
    {
        Epochs = 4,
        Batch = 1,
        Imgsz = 32,
        Lr = 0.01,
        LrFinal = 1,
        WarmupEpochs = 0,
        WeightDecay = 0,
        Patience = 0,
        CloseMosaic = 0,
        Seed = 3,
    };

    internal FakeDetector Detector { get; }

    internal Trainer Trainer { get; }

    internal TrainingState State => Trainer.State;

    internal List<EpochReport> Epochs { get; } = [];

    internal List<string> Notes { get; } = [];

    /// <summary>Whether each saved epoch was the best.</summary>
    internal List<bool> Saves { get; } = [];

    /// <summary>Number of steps after which it cancels.</summary>
    internal int? StopAfter { get; init; }

    /// <summary>File that each save is written to; none by default.</summary>
    internal string? File { get; init; }

    public void OnStep(StepReport report)
    {
        if (State.Step == StopAfter)
        {
            _stop.Cancel();
        }
    }

    public void OnEpoch(EpochReport report) => Epochs.Add(report with { Seconds = 0 });

    public void OnNote(string note) => Notes.Add(note);

    public void Dispose()
    {
        Trainer.Dispose();
        Detector.Dispose();
        _batches.Dispose();
        _stop.Dispose();
        _scope.Dispose();
    }

    internal TrainingEnd Go() => Trainer.Run(this, () => new Validation(FlatScores.Of(_maps[_validated++]), []), Save, _stop.Token);

    private void Save(bool best)
    {
        Saves.Add(best);
        if (File is not null)
        {
            ResumeFile.Write(File, Trainer, Detector.Network, new RunRecord());
        }
    }
}
