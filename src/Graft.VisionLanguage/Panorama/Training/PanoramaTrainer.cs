using System.Globalization;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.VisionLanguage;

/// <summary>Trains a PanoramaVLM stage by stage. In the last stage the LoRA updates are checked to be trainable.</summary>
public sealed class PanoramaTrainer : IDisposable
{
    private readonly PanoramaVlm _model;
    private readonly PanoramaTrainingOptions _options;
    private readonly AdamW _optimizer;

    /// <summary>Freezes the model except the parts that the stage trains, and adds LoRA updates where the stage needs them and the model has none.</summary>
    public PanoramaTrainer(PanoramaVlm model, PanoramaTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        (_model, _options) = (model, options);
        model.Freeze();
        model.Resampler.Unfreeze();
        (options.Stage == PanoramaStage.Vision ? model.VicRegProjector : model.Projector).Unfreeze();
        if (options.Stage == PanoramaStage.Finetune)
        {
            UnfreezeUpdates();
        }

        ParameterGroup[] groups = [.. model.Parameters().Where(p => p.Parameter.Trainable)
            .Select(p => new ParameterGroup(p.Name, p.Parameter, DecayFactor: p.Parameter.Value.Rank > 1 ? 1 : 0))];
        Trainable = [.. groups.Select(group => group.Name)];
        _optimizer = new AdamW(groups, 0.9, 0.98);
    }

    /// <summary>Names of the trainable parameters.</summary>
    public IReadOnlyList<string> Trainable { get; }

    /// <summary>One training step.</summary>
    /// <param name="views">B×V×3×I×I pixels in −1..1.</param>
    /// <param name="texts">B texts with labels; not read in the vision stage.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="GraftException">The loss or its gradient is not finite; nothing was changed.</exception>
    public double Step(Tensor views, IReadOnlyList<TextTokens> texts)
    {
        using TensorScope scope = TensorScope.Begin();
        _model.Train();
        _optimizer.ZeroGrad();
        Tensor loss = Loss(views, texts);
        loss.Backward();
        double value = loss.ToDouble(), norm = _optimizer.GradientNorm();
        if (!double.IsFinite(value) || !double.IsFinite(norm))
        {
            throw new GraftException(Failure.Runtime, string.Create(CultureInfo.InvariantCulture, $"The loss is {value} and its gradient {norm} after {_optimizer.Steps} steps."),
                "Lower the learning rate, or check the images.");
        }

        _optimizer.Step(Rate(_optimizer.Steps), _options.WeightDecay, Math.Min(1, _options.ClipNorm / (norm + 1e-6)));
        _model.Train(false);
        return value;
    }

    /// <summary>The learning rate of a step, counted from 0.</summary>
    public double Rate(long step)
    {
        double warmup = Math.Max(1, Math.Round(_options.Steps * _options.WarmupShare));
        return _options.LearningRate * (step < warmup ? (step + 1) / warmup : Math.Max(0, (_options.Steps - step) / Math.Max(1, _options.Steps - warmup)));
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private Tensor Loss(Tensor views, IReadOnlyList<TextTokens> texts)
    {
        if (_options.Stage == PanoramaStage.Vision)
        {
            return _model.VicRegLoss(views, _options.VicRegBatchwise);
        }

        (Tensor logits, FusedSequence sequence) = _model.Forward(views, texts);
        return QwenDecoder.Loss(logits, sequence.Labels);
    }

    private void UnfreezeUpdates()
    {
        foreach ((_, LoraLinear layer) in _model.Language.Projections.ToList())
        {
            if (layer.Down is null)
            {
                layer.AddUpdate(_options.LoraRank, _options.LoraAlpha / _options.LoraRank);
            }

            layer.Dropout = _options.LoraDropout;
            layer.Down!.Unfreeze();
            layer.Up!.Unfreeze();
        }
    }
}
