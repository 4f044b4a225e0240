using Graft.Data;
using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Training;

/// <summary>One step of training: forward, loss, backward, clip, update, average.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly IDetector _detector;
    private readonly TrainOptions _options;
    private FrozenPart? _frozen;

    /// <summary>Prepares steps.</summary>
    /// <param name="detector">The detector whose parameters are trained.</param>
    /// <param name="options">Optimizer, decay, clipping, averaging.</param>
    /// <param name="groups">The parameters with their factors.</param>
    internal TrainingStep(IDetector detector, TrainOptions options, IReadOnlyList<ParameterGroup> groups)
    {
        (_detector, _options) = (detector, options);
        Optimizer = options.Optimizer == OptimizerKind.AdamW ? new AdamW(groups, options.Momentum) : new Sgd(groups, options.Momentum);
        Average = new WeightAverage(detector.Network, options.EmaMomentum, options.EmaSteps);
    }

    /// <summary>The optimizer with its state.</summary>
    internal Optimizer Optimizer { get; }

    /// <summary>The averaged weights.</summary>
    internal WeightAverage Average { get; }

    /// <summary>Computes the gradients of a batch.</summary>
    /// <param name="input">B×3×H×W bytes, RGB, or the maps that a later stage reads.</param>
    /// <param name="targets">Ground-truth boxes in input pixels.</param>
    /// <returns>The named parts of its loss.</returns>
    internal IReadOnlyList<(string Name, double Value)> Gradients(StageMaps input, Targets targets)
    {
        int parts = Math.Min(_options.Accumulate, targets.Images);
        if (parts == 1)
        {
            Losses losses = Forward(input, targets);
            losses.Total.Backward();
            return [.. losses.Items.Select(item => (item.Name, item.Value.ToDouble()))];
        }

        using GradientSum sum = new(Optimizer);
        for (int part = 0; part < parts; part++)
        {
            int first = part * targets.Images / parts, after = (part + 1) * targets.Images / parts;
            using TensorScope scope = TensorScope.Begin();
            sum.Add(Forward(input.Part(first, after - first), targets.Part(first, after)), after - first);
        }

        return sum.Finish();
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
