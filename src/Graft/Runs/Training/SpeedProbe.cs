using System.Diagnostics;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Torch;
using Graft.Training;

namespace Graft.Runs;

/// <summary>Measures how fast a run trains and validates, on a few of its images.</summary>
internal static class SpeedProbe
{
    private const int ValImages = 16;

    /// <summary>Settings under which a trainer goes on until it is stopped, without validation.</summary>
    internal static TrainOptions Endless(TrainOptions train) => train with { Epochs = 100_000, ValInterval = 100_000, CloseMosaic = 0 };

    /// <summary>Images per second of a validation.</summary>
    internal static double Validate(IDetector detector, DetectionDataset val, RunConfig config)
    {
        DetectionDataset some = val with { Images = [.. val.Images.OrderByDescending(image => image.Objects.Count > 0).Take(ValImages)] };
        detector.Network.Train(false);
        using NoGrad off = NoGrad.Begin();
        using DetectorEvaluation evaluation = new(some, config.Train.Imgsz, config.Predict, config.Train.Workers);
        evaluation.Run(detector, losses: true);     // decodes the images, which later validations find decoded
        Stopwatch watch = Stopwatch.StartNew();
        evaluation.Run(detector, losses: true);
        return some.Images.Count / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Times steps, and stops the trainer after the last.</summary>
    /// <param name="steps">Steps to time, after the first ones.</param>
    /// <param name="stop">Cancelled after the last step.</param>
    internal sealed class StepClock(int steps, CancellationTokenSource stop) : IRunObserver
    {
        // Methods are compiled and buffers allocated in the first steps: they take twice as long as later ones.
        internal const int WarmUp = 2;

        private readonly Stopwatch _watch = new();
        private readonly List<double> _seconds = [];
        private int _seen;

        /// <summary>Median seconds of a step; NaN where none was timed.</summary>
        internal double SecondsPerStep => _seconds.Count == 0 ? double.NaN : Timing.Median(_seconds);

        public void OnStep(StepReport report)
        {
            if (_seen++ >= WarmUp)
            {
                _seconds.Add(_watch.Elapsed.TotalSeconds);
            }

            _watch.Restart();
            if (_seconds.Count == steps)
            {
                stop.Cancel();
            }
        }

        public void OnEpoch(EpochReport report)
        {
        }

        public void OnNote(string note)
        {
        }
    }
}
