using System.Diagnostics;
using System.Globalization;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Torch;
using Graft.Torch.Distributed;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;
using static System.FormattableString;

namespace Graft.Training;

/// <summary>How a run ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs are done.</summary>
    Finished,

    /// <summary>mAP did not rise for <see cref="TrainOptions.Patience"/> epochs.</summary>
    Patience,

    /// <summary>The run was cancelled; the state is saved.</summary>
    Interrupted,
}

/// <summary>Scores the averaged weights after an epoch.</summary>
/// <param name="Scores">COCO numbers.</param>
/// <param name="Losses">Mean of each part of the loss; may be empty.</param>
public sealed record Validation(CocoScores Scores, IReadOnlyList<(string Name, double Value)> Losses);

/// <summary>The training loop: forward, loss, backward, clip, step, average; validate; save.</summary>
public sealed class Trainer : IDisposable
{
    private readonly IDetector _detector;
    private readonly TrainOptions _options;
    private readonly TrainingBatches _data;
    private readonly TrainingStep _step;
    private readonly LearningRateSchedule _rate;
    private readonly Stopwatch _clock = new();
    private readonly ProcessGroup? _group;
    private FrozenFeatures? _features;

    /// <summary>Prepares a run.</summary>
    /// <param name="detector">The detector whose trainable parameters are trained.</param>
    /// <param name="options">Optimizer, schedule, epochs.</param>
    /// <param name="data">Batches.</param>
    /// <param name="groups">Parameters with their learning rate and weight decay; null: all trainable parameters, see <see cref="DefaultGroups"/>.</param>
    /// <param name="group">Processes that share each batch, of which <paramref name="data"/> has the shard of this one; null: it is alone.</param>
    public Trainer(IDetector detector, TrainOptions options, TrainingBatches data, IReadOnlyList<ParameterGroup>? groups = null, ProcessGroup? group = null)
    {
        (_detector, _options, _data, _group) = (detector, options, data, group);
        groups ??= DefaultGroups(detector.Network, options.DecayNorms);
        if (groups.Count == 0)
        {
            throw new GraftException(Failure.Usage, "Nothing is trainable: every parameter is frozen.", "Unfreeze a part or attach an adapter (tuning:).");
        }

        _step = new TrainingStep(detector, options, groups, group);
        _rate = new LearningRateSchedule(options, data.Count);
    }

    /// <summary>Epoch, step, losses, best scores.</summary>
    public TrainingState State { get; set; } = new();

    /// <summary>The optimizer with its state.</summary>
    public Optimizer Optimizer => _step.Optimizer;

    /// <summary>The averaged weights.</summary>
    public WeightAverage Average => _step.Average;

    /// <summary>Seconds of training so far, earlier sessions included.</summary>
    public double Seconds => State.Seconds + _clock.Elapsed.TotalSeconds;

    /// <summary>What processes that train together exchange; null: this one trains alone.</summary>
    internal GradientExchange? Exchange => _step.Exchange;

    /// <summary>Layers that are trained with statistics of the whole batch.</summary>
    internal int SynchronisedNorms => _step.Statistics.Count;

    /// <summary>Called after each backward pass, before the optimizer step (adapter liveness); may throw to stop the run.</summary>
    public Action<long>? AfterBackward { get; set; }

    /// <summary>From now on, what the frozen stages give is taken from a store, and kept there. The weights must be in place.</summary>
    /// <param name="store">Belongs to this data, its augmentation, and the weights of the frozen stages.</param>
    /// <returns>Bytes that one view takes.</returns>
    /// <exception cref="GraftException">Of kind Usage: no stage is frozen.</exception>
    public long Keep(IFeatureStore store)
    {
        (_features, _data.Features) = (new FrozenFeatures(_detector, _options, _step, store), store);
        return _features.Bytes;
    }

    /// <summary>Trains until all epochs are done, mAP stops improving, or the run is cancelled.</summary>
    /// <param name="observer">Receives the progress.</param>
    /// <param name="validate">Scores the network; called with the averaged weights in place, in evaluation mode.</param>
    /// <param name="save">Saves the run; true when this epoch is the best so far or equals it.</param>
    /// <param name="stop">Stops after the step in progress.</param>
    public TrainingEnd Run(IRunObserver observer, Func<Validation> validate, Action<bool> save, CancellationToken stop)
    {
        _clock.Restart();
        while (State.Epoch < _options.Epochs)
        {
            bool closing = State.Epoch >= _options.Epochs - _options.CloseMosaic;
            _detector.Network.Train();
            if (!RunEpoch(closing, observer, stop))
            {
                save(false);
                return TrainingEnd.Interrupted;
            }

            int epoch = State.Epoch;
            double rate = _rate.At(State.Step - 1);
            double steps = State.LossSteps ?? _data.Count;
            (string Name, double Value)[] losses = [.. State.LossNames.Zip(State.LossSums, (name, sum) => (name, sum / steps))];
            State.Epoch++;
            (State.StepInEpoch, State.LossSums, State.LossSteps) = (0, [], 0);
            bool due = closing || State.Epoch % _options.ValInterval == 0 || State.Epoch == _options.Epochs;
            Validation? validation = due ? Score(validate) : null;
            bool best = validation is not null && IsBest(validation.Scores, epoch);
            observer.OnEpoch(new EpochReport(epoch, losses, validation?.Scores, validation?.Losses ?? [], rate, Seconds, best));
            save(best);
            int since = State.Measured ? epoch - State.RisenEpoch : 0;
            if (_options.Patience > 0 && State.Epoch < _options.Epochs && since >= _options.Patience)
            {
                observer.OnNote(Invariant(
                    $"mAP has not improved for {_options.Patience} epochs (best {State.BestMap:f4} in epoch {State.BestEpoch + 1}); stopping."));
                return TrainingEnd.Patience;
            }
        }

        return TrainingEnd.Finished;
    }

    /// <inheritdoc/>
    public void Dispose() => _step.Dispose();

    /// <summary>All trainable parameters at one learning rate; norms and biases have weight decay only on request.</summary>
    public static IReadOnlyList<ParameterGroup> DefaultGroups(Module network, bool decayNorms)
        => [.. network.Parameters().Where(entry => entry.Parameter.Trainable)
            .Select(entry => new ParameterGroup(entry.Name, entry.Parameter, 1, decayNorms || entry.Parameter.Value.Rank > 1 ? 1 : 0))];

    /// <summary>Records the scores of an epoch. An epoch without a defined mAP is never best; of equal ones the last is best, as it was
    /// trained longest.</summary>
    private bool IsBest(CocoScores scores, int epoch)
    {
        bool measured = scores.Map >= 0, rises = scores.Map > State.BestMap;      // neither holds for NaN
        if (!measured || scores.Map < State.BestMap)
        {
            return false;
        }

        State.RisenEpoch = rises ? epoch : State.RisenEpoch;
        (State.BestMap, State.BestMap50, State.BestEpoch) = (scores.Map, scores.Map50, epoch);
        return true;
    }

    private bool RunEpoch(bool closing, IRunObserver observer, CancellationToken stop)
    {
        Stopwatch watch = Stopwatch.StartNew();
        int images = 0, steps = 0;
        foreach (Batch batch in _data.Epoch(State.Epoch, closing, State.StepInEpoch, _group is null ? stop : default))
        {
            using (TensorScope scope = TensorScope.Begin())
            {
                images += batch.Whole;
                double rate = _rate.At(State.Step);
                (string Name, double Value)[] losses = Step(batch, rate, observer);
                AddLosses(losses);
                State.Step++;
                State.StepInEpoch++;
                double seconds = watch.Elapsed.TotalSeconds;
                double left = seconds / ++steps * (_data.Count - State.StepInEpoch);
                observer.OnStep(new StepReport(State.Epoch, State.StepInEpoch, _data.Count, losses, rate, images / seconds, left));
            }

            if (Stops(stop))
            {
                return false;
            }
        }

        return _group is not null || !stop.IsCancellationRequested;
    }

    /// <summary>Whether this process is asked to stop, or another one of the group.</summary>
    private bool Stops(CancellationToken stop)
        => _group is null ? stop.IsCancellationRequested : _group.Add([stop.IsCancellationRequested ? 1 : 0])[0] > 0;

    private void AddLosses((string Name, double Value)[] losses)
    {
        State.LossNames = [.. losses.Select(loss => loss.Name)];
        State.LossSteps ??= State.StepInEpoch;
        if (losses.All(loss => double.IsFinite(loss.Value)))        // a skipped step does not count
        {
            State.LossSums = [.. losses.Select((loss, i) => loss.Value + (State.LossSums.Length > i ? State.LossSums[i] : 0))];
            State.LossSteps++;
        }
    }

    private (string Name, double Value)[] Step(Batch batch, double rate, IRunObserver observer)
    {
        // The same random numbers after a resume, and other ones on each process.
        TorchRuntime.Seed((_group is null ? SplitMix64.For(_options.Seed, State.Step) : SplitMix64.For(_options.Seed, State.Step, _group.Rank)).Next());
        State.FeatureViews += _features is null ? 0 : batch.Views.Count(view => !view.Known);
        IReadOnlyList<(string Name, double Value)> losses = _step.Gradients(_features?.Of(batch) ?? StageMaps.Of(batch.ToTensor()), batch.Targets, batch.Whole);
        double norm = Optimizer.GradientNorm();
        if (double.IsFinite(norm))
        {
            State.BadStepsInARow = 0;
            State.LargestNorm = Math.Max(State.LargestNorm, norm);
            AfterBackward?.Invoke(State.Step);
            _step.Update(rate, norm);
        }
        else
        {
            SkipBadStep(observer, norm);
        }

        Optimizer.ZeroGrad();
        return [.. losses.Select(loss => (loss.Name, loss.Value / batch.Whole))];
    }

    private void SkipBadStep(IRunObserver observer, double norm)
    {
        State.BadSteps++;
        State.BadStepsInARow++;
        observer.OnNote(Invariant($"Step {State.Step}: the gradient norm is {norm}; the step is skipped ({State.BadSteps} so far)."));
        if (State.BadStepsInARow >= _options.BadStepLimit)
        {
            string best = State.Measured ? Invariant($" Best so far: mAP {State.BestMap:f4} in epoch {State.BestEpoch + 1}.") : string.Empty;
            throw new GraftException(
                Failure.Runtime,
                Invariant($"{State.BadStepsInARow} steps in a row had NaN or infinite gradients (epoch {State.Epoch + 1}, step {State.Step}); the run stops.") + best,
                "Lower train.lr, set train.clip_norm, and check the data for boxes without extent; weights/last is from the last good epoch.");
        }
    }

    private Validation Score(Func<Validation> validate)
    {
        using WeightAverage.Swap averaged = Average.Apply();
        using NoGrad off = NoGrad.Begin();
        _detector.Network.Train(false);
        return validate();
    }
}
