using Graft.Adapters;
using Graft.Data;
using Graft.Detectors;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Optimizers;
using Graft.Training;

namespace Graft.Benchmarks;

/// <summary>Measures whole training steps: of the whole network, and beside it, alternating, of a configuration that freezes a part of it.</summary>
public static class TrainBench
{
    private const int WarmUps = 3, BoxesPerImage = 7;

    /// <summary>One way to train the network.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Speed">Median time of a step; operations of forward and backward pass.</param>
    /// <param name="Trainable">Number of trainable parameters.</param>
    /// <param name="Megabytes">Most memory that a step's tensors hold at the same time, MiB; without weights and optimizer state.</param>
    public sealed record Way(string Name, Bench.Speed Speed, long Trainable, double Megabytes);

    /// <summary>The measurements.</summary>
    /// <param name="Ways">Full training; then the strategy layer by layer, as it is trained, and with the features of its frozen stages kept; all
    /// but the second again in mixed precision where the configuration asks for it.</param>
    public sealed record Result(IReadOnlyList<Way> Ways)
    {
        /// <summary>How many times as fast as full training a way is.</summary>
        public double Gain(Way way) => Ways[0].Speed.Milliseconds / way.Speed.Milliseconds;

        /// <summary>How many times as fast it could be if only convolutions and matrix products took time.</summary>
        public double Limit(Way way) => Ways[0].Speed.Gflops / way.Speed.Gflops;
    }

    /// <summary>Times steps of networks with random weights on random images.</summary>
    /// <param name="config">The network, its input, and how it is trained; without <c>tuning:</c> only full training is measured.</param>
    /// <param name="classes">Number of classes; null: that of the configuration where classes are fixed, six where text is read.</param>
    /// <param name="repetitions">Timed steps of each way.</param>
    public static Result Run(RunConfig config, int? classes, int repetitions)
    {
        ArgumentNullException.ThrowIfNull(config);
        RunConfig plain = config with { Train = config.Train with { Amp = false } };
        List<Timed> timed = [];
        try
        {
            timed.Add(new Timed("everything trained", plain with { Tuning = null }, classes));
            if (config.Tuning is not null)
            {
                timed.Add(new Timed("tuned, layer by layer", plain with { Train = plain.Train with { DeployFrozen = false } }, classes));
                AddTuned("", plain);
            }

            if (config.Train.Amp)
            {
                Bfloat16Speed.Here.Require();
                timed.Add(new Timed("everything trained, mixed precision", config with { Tuning = null }, classes));
                AddTuned(", mixed precision", config);
            }

            return Measure(timed, repetitions);
        }
        finally
        {
            timed.ForEach(one => one.Dispose());
        }

        void AddTuned(string suffix, RunConfig tuned)
        {
            if (tuned.Tuning is null)
            {
                return;
            }

            timed.Add(new Timed($"tuned{suffix}", tuned, classes));
            if (timed[^1].HasFrozenStages)
            {
                timed.Add(new Timed($"tuned, features kept{suffix}", tuned with { Train = tuned.Train with { FeatureCache = FeatureCache.Memory } }, classes));
            }
        }
    }

    private static Result Measure(IReadOnlyList<Timed> timed, int repetitions)
    {
        Bench.Speed[] work = [.. timed.Select(one => one.CountOperations())];
        double before = Bench.Peak();
        IReadOnlyList<double>[] times = Timing.InTurn(WarmUps, repetitions, [.. timed.Select<Timed, Func<double>>(one => () => Timing.Of(one.Step))]);
        double peak = Math.Max(before, Bench.Peak());
        return new Result([.. timed.Select((one, i) => new Way(
            one.Name, work[i] with { Milliseconds = Timing.Median(times[i]), Peak = peak }, one.Trainable, one.PeakMegabytes()))]);
    }

    /// <summary>A network in training on one batch.</summary>
    private sealed class Timed : IDisposable
    {
        private readonly IDetector _detector;
        private readonly TrainingStep _step;
        private readonly TrainOptions _options;
        private readonly Tensor _pixels;
        private readonly FrozenFeatures? _features;
        private readonly byte[][] _samples = [];
        private readonly Targets _targets;

        internal Timed(string name, RunConfig config, int? classes)
        {
            (Name, _options) = (name, config.Train);
            TorchRuntime.Seed((ulong)_options.Seed);
            _detector = BenchDetector.Create(config, classes);
            AttachedAdapters? attached = Tuning.Apply(_detector, config);
            _detector.Network.Train();
            IReadOnlyList<ParameterGroup> groups = attached?.Groups ?? Trainer.DefaultGroups(_detector.Network, _options.DecayNorms);
            Trainable = groups.Sum(group => group.Parameter.Value.Count);
            IDetector trained = attached is null ? _detector : new AdaptedDetector(_detector, attached);
            _step = new TrainingStep(trained, _options, groups);
            Random random = new(_options.Seed);
            using TensorScope scope = TensorScope.Begin();
            _pixels = (Tensor.Rand(_options.Batch, 3, _options.Imgsz, _options.Imgsz) * 255).To(DType.Byte).Unscoped();
            _targets = new Targets(_options.Batch, [.. Enumerable.Range(0, BoxesPerImage * _options.Batch)
                .Select(i => Row(i % _options.Batch, random, _detector.Names.Count, _options.Imgsz))]);
            if (_options.FeatureCache != FeatureCache.Off)
            {
                _features = new FrozenFeatures(trained, _options, _step, new FeatureMemory(0, _ => { }));
                _samples = [.. Enumerable.Range(0, _options.Batch).Select(image => _features.Compute(_pixels.Narrow(0, image, 1)))];
            }
        }

        internal string Name { get; }

        internal long Trainable { get; }

        internal bool HasFrozenStages => _detector.Network.FrozenStages(_detector.TextChanges) > 0;

        private StageMaps Input => _features?.Join(_samples) ?? StageMaps.Of(_pixels);

        internal void Step()
        {
            using TensorScope scope = TensorScope.Begin();
            _step.Gradients(Input, _targets);
            _step.Update(_options.Lr, _step.Optimizer.GradientNorm());
            _step.Optimizer.ZeroGrad();
        }

        internal Bench.Speed CountOperations()
        {
            using TensorScope scope = TensorScope.Begin();
            using OperationRecorder recorder = new();
            _step.Forward(Input, _targets);
            return new Bench.Speed(double.NaN, recorder.TrainingFlops / 1e9, _options.Batch, double.NaN);
        }

        internal double PeakMegabytes()
        {
            using TensorMemory memory = TensorMemory.Watch();
            Step();
            return memory.Peak / (double)(1 << 20);
        }

        public void Dispose()
        {
            _step.Dispose();
            _detector.Dispose();
            _pixels.Dispose();
        }

        private static Targets.Row Row(int image, Random random, int classes, int side)
        {
            float x = random.NextSingle() * side * 0.8f, y = random.NextSingle() * side * 0.8f, size = side * 0.06f;
            return new Targets.Row(image, random.Next(classes), x, y, x + size, y + size);
        }
    }
}
