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
    /// <param name="steps">Steps to time, after the first.</param>
    /// <param name="stop">Cancelled after the last step.</param>
    internal sealed class StepClock(int steps, CancellationTokenSource stop) : IRunObserver
    {
        private readonly Stopwatch _watch = new();
        private int _seen;

        /// <summary>Seconds per step, without the first, which is slower.</summary>
        internal double SecondsPerStep { get; private set; } = double.NaN;

        public void OnStep(StepReport report)
        {
            if (_seen++ == 0)
            {
                _watch.Start();
                return;
            }

            SecondsPerStep = _watch.Elapsed.TotalSeconds / (_seen - 1);
            if (_seen > steps)
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
