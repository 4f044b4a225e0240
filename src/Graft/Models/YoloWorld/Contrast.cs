using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.YoloWorld;

/// <summary>Compares the class embedding of each position with the prompts: logits = exp(logit_scale)·⟨x̂, ŵ⟩ + bias.</summary>
internal abstract class Contrast : TensorModule
{
    /// <summary>Creates the variant that the options select.</summary>
    internal static Contrast Of(YoloWorldOptions options, int stride) => options switch
    {
        { Form.ComposedHead: true } => new ComposedContrast(),
        { Form.BakedHead: > 0 } => new BakedContrast(options, stride),
        { Version: 1 } => new CosineContrast(options, stride),
        { Form.Folded: true } => new AffineContrast(options, stride),
        _ => new NormContrast(options, stride),
    };

    /// <summary>B×D×h×w and T×N×D to B×N×h×w.</summary>
    internal Tensor Forward(Tensor x, Tensor? text)
    {
        ModuleRun run = Enter();
        return run.Leave(Run(x, text));
    }

    /// <summary>The comparison itself.</summary>
    protected abstract Tensor Run(Tensor x, Tensor? text);

    /// <summary>Text embeddings at unit length; zero rows stay zero.</summary>
    protected static Tensor Unit(Tensor? text)
    {
        Tensor words = text ?? throw new GraftException(Failure.Usage, "This model reads text, and none was given.", "Pass text embeddings, 1×N×D.");
        return words.ToUnitLength(-1);
    }

    /// <summary>Σ over channels of position and prompt, B×N×h×w.</summary>
    protected static Tensor Similarity(Tensor places, Tensor prompts)
        => prompts.Size(0) == 1
            ? places.Conv2d(prompts.Reshape(prompts.Size(1), prompts.Size(2), 1, 1))
            : prompts.MatMul(places.Flatten(2)).Reshape(places.Size(0), prompts.Size(1), places.Size(2), places.Size(3));
}

/// <summary>v2: batch normalisation on the embedding.</summary>
internal sealed class NormContrast : Contrast
{
    internal NormContrast(YoloWorldOptions options, int stride)
    {
        Bias = AddParameter("bias", Tensor.Full([], YoloWorld.PriorBias(options.NumClasses, stride)));
        LogitScale = AddParameter("logit_scale", Tensor.Full([], -1.0));
        Norm = Add("norm", new BatchNorm2d(options.ClassEmbedding, epsilon: 1e-3, momentum: 0.03));
    }

    internal Parameter Bias { get; }

    internal Parameter LogitScale { get; }

    internal BatchNorm2d Norm { get; }

    protected override Tensor Run(Tensor x, Tensor? text)
        => Similarity(Norm.Forward(x), Unit(text) * LogitScale.Value.Exp()) + Bias.Value;
}

/// <summary>v2 with the normalisation moved from the map to the text: ⟨g⊙z + s, ŵ⟩ = ⟨z, g⊙ŵ⟩ + ⟨s, ŵ⟩.</summary>
internal sealed class AffineContrast : Contrast
{
    internal AffineContrast(YoloWorldOptions options, int stride)
    {
        Bias = AddParameter("bias", Tensor.Full([], YoloWorld.PriorBias(options.NumClasses, stride)));
        Gain = AddParameter("gain", Tensor.Ones(options.ClassEmbedding));
        Shift = AddParameter("shift", Tensor.Zeros(options.ClassEmbedding));
    }

    internal Parameter Bias { get; }

    /// <summary>g, the normalisation's gain times exp(logit_scale): D.</summary>
    internal Parameter Gain { get; }

    /// <summary>s, the normalisation's offset times exp(logit_scale): D.</summary>
    internal Parameter Shift { get; }

    protected override Tensor Run(Tensor x, Tensor? text)
    {
        Tensor prompts = Unit(text);                                                                     // T×N×D
        Tensor offset = prompts.MatMul(Shift.Value) + Bias.Value;                                        // T×N
        return Similarity(x, prompts * Gain.Value) + offset.Reshape(prompts.Size(0), prompts.Size(1), 1, 1);
    }
}

/// <summary>v1: embedding at unit length.</summary>
internal sealed class CosineContrast : Contrast
{
    private readonly Parameter _bias, _logitScale;

    internal CosineContrast(YoloWorldOptions options, int stride)
    {
        _bias = AddParameter("bias", Tensor.Full([], YoloWorld.PriorBias(options.NumClasses, stride)));
        _logitScale = AddParameter("logit_scale", Tensor.Full([], Math.Log(1 / 0.07)));
    }

    protected override Tensor Run(Tensor x, Tensor? text)
    {
        Tensor places = x.ToUnitLength(1);
        return Similarity(places, Unit(text)) * _logitScale.Value.Exp() + _bias.Value;
    }
}

/// <summary>v2 with the vocabulary baked into a 1×1 convolution.</summary>
internal sealed class BakedContrast : Contrast
{
    internal BakedContrast(YoloWorldOptions options, int stride)
    {
        Conv = Add("conv", new Conv2d(options.ClassEmbedding, options.Form.BakedHead, 1));
        using Tensor prior = Tensor.Full([options.Form.BakedHead], YoloWorld.PriorBias(options.Form.BakedHead, stride));
        Conv.SetBias(prior.Clone());
        Conv.Bias!.Trainable = true;
        Norm = options.Form.Folded ? null : Add("norm", new BatchNorm2d(options.ClassEmbedding, epsilon: 1e-3, momentum: 0.03));
    }

    internal Conv2d Conv { get; }

    /// <summary>Null once it is folded into the convolution behind it.</summary>
    internal BatchNorm2d? Norm { get; }

    protected override Tensor Run(Tensor x, Tensor? text) => Conv.Forward(Norm?.Forward(x) ?? x);
}

/// <summary>The identity: the class branch's last convolution already gives one channel per class.</summary>
internal sealed class ComposedContrast : Contrast
{
    protected override Tensor Run(Tensor x, Tensor? text) => x;
}
