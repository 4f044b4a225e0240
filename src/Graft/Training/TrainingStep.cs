using Graft.Data;
using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Distributed;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Training;

/// <summary>One step of training: forward, loss, backward, clip, update, average.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly IDetector _detector;
    private readonly TrainOptions _options;
    private readonly GradientExchange? _exchange;
    private readonly IBatchStatistics[] _statistics;
    private FrozenPart? _frozen;

    /// <summary>Prepares steps.</summary>
    /// <param name="detector">The detector whose parameters are trained.</param>
    /// <param name="options">Optimizer, decay, clipping, averaging.</param>
    /// <param name="groups">The parameters with their factors.</param>
    /// <param name="processes">Processes that share each batch; null: this one is alone.</param>
    internal TrainingStep(IDetector detector, TrainOptions options, IReadOnlyList<ParameterGroup> groups, ProcessGroup? processes = null)
    {
        (_detector, _options) = (detector, options);
        Optimizer = options.Optimizer == OptimizerKind.AdamW ? new AdamW(groups, options.Momentum) : new Sgd(groups, options.Momentum);
        Average = new WeightAverage(detector.Network, options.EmaMomentum, options.EmaSteps);
        _exchange = processes is null ? null : new GradientExchange(Optimizer, processes);
        _statistics = [.. detector.Network.Modules().Where(found => !found.Module.Frozen).Select(found => found.Module).OfType<IBatchStatistics>()];
    }

    /// <summary>What the processes exchange; null: this one is alone.</summary>
    internal GradientExchange? Exchange => _exchange;

    /// <summary>Modules that are trained with statistics of the whole batch.</summary>
    internal IReadOnlyList<IBatchStatistics> Statistics => _statistics;

    /// <summary>The optimizer with its state.</summary>
    internal Optimizer Optimizer { get; }

    /// <summary>The averaged weights.</summary>
    internal WeightAverage Average { get; }

    /// <summary>Computes the gradients of a batch.</summary>
    /// <param name="input">B×3×H×W bytes, RGB, or the maps that a later stage reads.</param>
    /// <param name="targets">Ground-truth boxes in input pixels.</param>
    /// <param name="whole">Images of the batch over all processes; null: those of the targets.</param>
    /// <returns>The named parts of the loss of the whole batch.</returns>
    internal IReadOnlyList<(string Name, double Value)> Gradients(StageMaps input, Targets targets, int? whole = null)
    {
        if (_exchange is null)
        {
            return Own(input, targets, Math.Min(_options.Accumulate, targets.Images), null);
        }

        // A batch with fewer images than processes: each has all of it, and computes its gradients alone.
        ProcessGroup group = _exchange.Group;
        int images = whole ?? targets.Images;
        bool alone = images < group.Size;
        ProcessGroup? sharing = alone ? null : group;
        Array.ForEach(_statistics, module => module.Group = sharing);
        IReadOnlyList<(string Name, double Value)> losses = Own(input, targets, Math.Min(_options.Accumulate, alone ? images : images / group.Size), sharing);
        if (alone && !group.Leads)
        {
            Optimizer.ZeroGrad();
        }

        _exchange.Run();
        return losses;
    }

    /// <summary>The gradients of this process's images, in parts.</summary>
    private IReadOnlyList<(string Name, double Value)> Own(StageMaps input, Targets targets, int parts, ProcessGroup? sharing)
    {
        if (parts == 1)
        {
            Losses losses = Forward(input, targets);
            if (sharing is null)
            {
                losses.Total.Backward();
                return [.. losses.Items.Select(item => (item.Name, item.Value.ToDouble()))];
            }

            double[] factors = _exchange!.Factors(losses, targets.Images, out IReadOnlyList<(string Name, double Value)> items);
            losses.Shares.Select((share, i) => share.Value * factors[i]).Aggregate((total, next) => total + next).Backward();
            return items;
        }

        using GradientSum sum = new(Optimizer);
        for (int part = 0; part < parts; part++)
        {
            int first = part * targets.Images / parts, after = (part + 1) * targets.Images / parts;
            using TensorScope scope = TensorScope.Begin();
            sum.Add(Forward(input.Part(first, after - first), targets.Part(first, after)), after - first);
        }

        return sum.Finish(sharing);
    }

    /// <summary>Loss of a batch.</summary>
    /// <param name="input">B×3×H×W bytes, RGB, or the maps that a later stage reads.</param>
    /// <param name="targets">Ground-truth boxes in input pixels.</param>
    internal Losses Forward(StageMaps input, Targets targets)
    {
        using FrozenPart.Use deployed = Deploy();
        using MixedPrecision mixed = MixedPrecision.Begin(_options.Amp);
        return _detector.ComputeLoss(input.Stage == 0 ? StageMaps.Of(PixelBatch.Normalise(input.Maps[0])) : input, targets);
    }

    /// <summary>What the first stages give, without a graph.</summary>
    /// <param name="pixels">B×3×H×W bytes, RGB.</param>
    /// <param name="stages">Number of stages.</param>
    internal IReadOnlyList<Tensor> RunStages(Tensor pixels, int stages)
    {
        using NoGrad off = NoGrad.Begin();
        using FrozenPart.Use deployed = Deploy();
        using MixedPrecision mixed = MixedPrecision.Begin(_options.Amp);
        return _detector.Network.RunStages(StageMaps.Of(PixelBatch.Normalise(pixels)), _detector.Text, stages);
    }

    /// <summary>Clips the gradients, updates the weights and their average.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="norm">Norm of all gradients, finite.</param>
    internal void Update(double rate, double norm)
    {
        double scale = _options.ClipNorm > 0 && norm > _options.ClipNorm ? _options.ClipNorm / (norm + 1e-6) : 1;
        Optimizer.Step(rate, _options.WeightDecay, scale);
        Average.Update();
    }

    /// <summary>Until the result is disposed, frozen layers run as deployed. The weights of a base or of the run that continues are in place by the
    /// first step; what is frozen keeps them.</summary>
    private FrozenPart.Use Deploy() => (_frozen ??= _options.DeployFrozen ? new FrozenPart(_detector.Network) : FrozenPart.None).Begin();

    /// <inheritdoc/>
    public void Dispose()
    {
        _frozen?.Dispose();
        Optimizer.Dispose();
        Average.Dispose();
    }
}
