using System.Diagnostics;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Torch.Distributed;
using Graft.Training;

namespace Graft.Runs;

/// <summary>Validates the epochs of a run, and keeps the evaluations of the last and the best one for the report.</summary>
internal sealed class RunValidation(IDetector detector, DetectionDataset data, RunConfig config, ProcessGroup? group) : IDisposable
{
    private readonly DetectorEvaluation _evaluation = new(data, config.Train.Imgsz, config.Predict, config.Train.Workers, group);
    private readonly Stopwatch _clock = new();
    private EvaluationResult? _last, _best;

    /// <summary>Seconds of validation in this session.</summary>
    internal double Seconds => _clock.Elapsed.TotalSeconds;

    /// <summary>Evaluates the present weights.</summary>
    internal Validation Run()
    {
        _clock.Start();
        _last = _evaluation.Run(detector, losses: true);
        _clock.Stop();
        return new Validation(_last.Scores, _last.Losses);
    }

    /// <summary>Keeps the last evaluation as that of the best epoch.</summary>
    internal void KeepAsBest() => _best = _last;

    /// <summary>The evaluation that the report shows: that of the best epoch, which is repeated when an earlier session trained it, else the
    /// last one.</summary>
    /// <param name="folder">Contains the best weights.</param>
    /// <param name="end">How the run ended; after an interruption the best weights are not evaluated again.</param>
    internal EvaluationResult? Shown(RunFolder folder, TrainingEnd end)
    {
        if (_best is not null || end == TrainingEnd.Interrupted || !File.Exists(folder.Best))
        {
            return _best ?? _last;
        }

        using TrainedModel best = TrainedModel.Open(folder.Best, []);
        using DetectorEvaluation own = new(data, config.Train.Imgsz, config.Predict, config.Train.Workers);    // only this process writes the report
        return own.Run(best.Detector);
    }

    /// <inheritdoc/>
    public void Dispose() => _evaluation.Dispose();
}
