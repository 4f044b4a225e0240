using Graft.Rewriting;
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
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(run.Leave(Run(x, text)));
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
internal sealed class NormContrast : Contrast, IFrozenForm
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

    /// <inheritdoc/>
    public Module? FrozenForm { get; set; }

    /// <inheritdoc/>
    public Module? CreateFrozenForm() => Norm.Follower is null ? AffineContrast.Of(this) : null;

    protected override Tensor Run(Tensor x, Tensor? text) => FrozenForm is AffineContrast affine
        ? affine.Forward(x, text)
        : Similarity(Norm.Forward(x), Unit(text) * LogitScale.Value.Exp()) + Bias.Value;
}

/// <summary>v2 with the normalisation moved from the map to the text: ⟨g⊙z + s, ŵ⟩ = ⟨z, g⊙ŵ⟩ + ⟨s, ŵ⟩.</summary>
internal sealed class AffineContrast : Contrast
{
    internal AffineContrast(YoloWorldOptions options, int stride)
        : this(options.ClassEmbedding, YoloWorld.PriorBias(options.NumClasses, stride))
    {
    }

    private AffineContrast(long width, double bias)
    {
        Bias = AddParameter("bias", Tensor.Full([], bias));
        Gain = AddParameter("gain", Tensor.Ones(width));
        Shift = AddParameter("shift", Tensor.Zeros(width));
    }

    internal Parameter Bias { get; }

    /// <summary>g, the normalisation's gain times exp(logit_scale): D.</summary>
    internal Parameter Gain { get; }

    /// <summary>s, the normalisation's offset times exp(logit_scale): D.</summary>
    internal Parameter Shift { get; }

    /// <summary>The frozen comparison that equals one whose normalisation has fixed statistics.</summary>
    internal static AffineContrast Of(NormContrast source)
    {
        AffineContrast result = new(source.Norm.Bias.Value.Count, bias: 0);
        result.Fill(source);
        result.Freeze();
        return result;
    }

    /// <summary>Takes the values of one whose normalisation has fixed statistics.</summary>
    internal void Fill(NormContrast source)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        ChannelAffine norm = ChannelAffine.Of(source.Norm);
        Tensor scale = FoldNorms.Wide(source.LogitScale).Exp();
        Gain.Value.CopyFrom(norm.Gain * scale);
        Shift.Value.CopyFrom(norm.Shift * scale);
        Bias.Value.CopyFrom(source.Bias.Value);
    }

    protected override Tensor Run(Tensor x, Tensor? text)
    {
        Tensor prompts = Unit(text);                                                                     // T×N×D
        Tensor offset = prompts.MatMul(Shift.Value) + Bias.Value;                                        // T×N
        return Similarity(x, prompts * Gain.Value) + offset.Reshape(prompts.Size(0), prompts.Size(1), 1, 1);
    }
}

/// <summary>The last 1×1 convolution of a class branch and the comparison behind it, both frozen: ⟨g⊙(P·h + p) + s, ŵ⟩ =
/// ⟨h, Pᵀ(g⊙ŵ)⟩ + ⟨g⊙p + s, ŵ⟩, so the wide embedding is never computed.</summary>
internal sealed class ProjectedContrast : Contrast
{
    private readonly Parameter _bias, _projection, _shift;

    /// <summary>Combines both.</summary>
    /// <param name="last">P and p: h to D channels.</param>
    /// <param name="contrast">The comparison.</param>
    internal ProjectedContrast(Conv2d last, NormContrast contrast)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using AffineContrast affine = AffineContrast.Of(contrast);
        Tensor gain = FoldNorms.Wide(affine.Gain), weight = FoldNorms.Wide(last.Weight).Flatten(1);          // D, D×h
        Tensor shift = (gain * FoldNorms.Wide(last.Bias!)) + FoldNorms.Wide(affine.Shift);
        _bias = AddParameter("bias", affine.Bias.Value.Clone());
        _projection = AddParameter("projection", (weight * gain.Unsqueeze(1)).To(last.Weight.Value.DType));  // D×h
        _shift = AddParameter("shift", shift.To(last.Weight.Value.DType));                                   // D
        Freeze();
    }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor x, Tensor? text)
    {
        Tensor prompts = Unit(text);                                                                         // T×N×D
        Tensor offset = (prompts * _shift.Value).Sum(-1) + _bias.Value;                                      // T×N
        return Similarity(x, prompts.MatMul(_projection.Value)) + offset.Reshape(prompts.Size(0), prompts.Size(1), 1, 1);
    }
}

/// <summary>The projected comparisons of the three levels, in place of a frozen head's class embeddings.</summary>
internal sealed class ProjectedContrasts : Module
{
    internal ProjectedContrasts(IEnumerable<ProjectedContrast> levels) => Levels = Add("levels", new ModuleList<ProjectedContrast>(levels));

    internal ModuleList<ProjectedContrast> Levels { get; }
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
