namespace Graft.Training;

/// <summary>The learning-rate schedule: linear warm-up, then linear or cosine decay to the final share of the peak; never
/// negative.</summary>
/// <remarks>The published recipes ran two schedules at once, one of which turned negative after epoch 102 of 160
/// (docs/audit-of-the-originals.md).</remarks>
public sealed class LearningRateSchedule
{
    private readonly TrainOptions _options;
    private readonly int _stepsPerEpoch;

    /// <summary>Creates the schedule of a run.</summary>
    /// <param name="options">Peak, final share, shape, warm-up.</param>
    /// <param name="stepsPerEpoch">Steps of one pass over the data.</param>
    public LearningRateSchedule(TrainOptions options, int stepsPerEpoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        (_options, _stepsPerEpoch) = (options, stepsPerEpoch);
        WarmupSteps = (long)Math.Min(options.WarmupEpochs * stepsPerEpoch, 0.1 * options.Epochs * stepsPerEpoch);
    }

    /// <summary>Steps of warm-up: the configured epochs, at most a tenth of the run.</summary>
    public long WarmupSteps { get; }

    /// <summary>Learning rate of a step, counted from 0.</summary>
    public double At(long step)
    {
        double done = Math.Min(1, step / (double)(_options.Epochs * (long)_stepsPerEpoch));
        double share = _options.Schedule == ScheduleKind.Cosine ? (1 + Math.Cos(Math.PI * done)) / 2 : 1 - done;
        double rate = _options.Lr * (_options.LrFinal + ((1 - _options.LrFinal) * share));
        return step < WarmupSteps ? rate * (step + 1) / WarmupSteps : rate;
    }
}
