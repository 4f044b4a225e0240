using Graft.Detectors;
using Graft.Torch;
using Graft.Training;

namespace Graft.Models.YoloWorld;

/// <summary>YOLO-World with a vocabulary: class names and their embeddings, given or learned.</summary>
public sealed class YoloWorldDetector : ITextDetector
{
    private readonly YoloWorld _network;
    private Tensor? _text;

    /// <summary>Combines a network and a vocabulary.</summary>
    /// <param name="network">The network; the detector disposes it.</param>
    /// <param name="vocabulary">Names, and embeddings unless they are baked in or learned.</param>
    /// <param name="loss">Assigner and gains.</param>
    public YoloWorldDetector(YoloWorld network, Vocabulary vocabulary, DetectionLoss? loss = null)
    {
        _network = network;
        Vocabulary = vocabulary;
        LossOptions = loss ?? new DetectionLoss();
        _text = TextOf(vocabulary);
    }

    /// <inheritdoc/>
    public Vocabulary Vocabulary { get; private set; }

    /// <summary>Assigner and gains.</summary>
    public DetectionLoss LossOptions { get; }

    /// <inheritdoc/>
    public DetectionNetwork Network => _network;

    /// <summary>The network with its own type.</summary>
    public YoloWorld World => _network;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => Vocabulary.Names;

    /// <inheritdoc/>
    public bool ReadsText => _network.Options.ReadsText;

    /// <inheritdoc/>
    public Tensor? Text => _network.LearnedText ?? _text;

    /// <inheritdoc/>
    public bool TextChanges => PromptBank is not null || _network.LearnedPromptKeys.Any();

    /// <inheritdoc/>
    public PromptBank? PromptBank { get; set; }

    /// <inheritdoc/>
    public Vocabulary LearnedVocabulary()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        return _network.LearnedText is { } prompts ? Vocabulary with { Embeddings = prompts.To(DType.Float).ToSingles(), Source = $"learned from {Vocabulary.Source}" } : Vocabulary;
    }

    /// <inheritdoc/>
    public void SetVocabulary(Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Tensor? text = TextOf(vocabulary);
        _text?.Dispose();
        (_text, Vocabulary) = (text, vocabulary);
    }

    /// <inheritdoc/>
    public void LearnPrompts(Tensor embeddings, bool unit = false, bool mlp = false) => _network.LearnPrompts(embeddings, unit, mlp);

    /// <summary>Raw outputs of the head.</summary>
    public RawDetections Forward(Tensor images) => _network.Forward(images, Text);

    /// <inheritdoc/>
    public Losses ComputeLoss(StageMaps input, Targets targets)
    {
        LossTerms terms = PromptBank is null ? LossOptions.Compute(_network.Forward(input, Text), targets, Head.Strides) : Sampled(input, targets, PromptBank);
        return Named(terms);
    }

    /// <inheritdoc/>
    public Detection[][] Detect(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options)
    {
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(Forward(images), Head.Strides);
        return PostProcess.Run(boxes, scores, fittings, options);
    }

    /// <inheritdoc/>
    /// <remarks>The loss is that of all classes, whatever prompts training samples.</remarks>
    public (Detection[][] Detections, Losses Losses) DetectWithLoss(
        Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options, Targets targets)
    {
        RawDetections raw = Forward(images);
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, Head.Strides);
        return (PostProcess.Run(boxes, scores, fittings, options), Named(LossOptions.Compute(raw, targets, Head.Strides)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _text?.Dispose();
        _network.Dispose();
    }

    private static Losses Named(LossTerms terms)
        => new([terms.Named("box_loss", "cls_loss", "dfl_loss")]);

    /// <summary>The loss with prompts sampled per image.</summary>
    private LossTerms Sampled(StageMaps input, Targets targets, PromptBank bank)
    {
        SampledPrompts shown = bank.Sampler.Draw(targets);
        Tensor prompts = bank.Synonyms is { } synonyms ? Rows(synonyms, bank.Width) : Text!.Squeeze(0);
        Tensor all = bank.Negatives.Length == 0 ? prompts : Tensor.Cat([prompts, Rows(bank.Negatives, bank.Width)], 0);
        Tensor lists = all.IndexSelect(0, Tensor.From(shown.Rows, shown.Rows.Length)).Reshape(targets.Images, shown.Count, bank.Width);
        float[] real = [.. shown.Real.Select(there => there ? 1f : 0f)];
        Tensor mask = Tensor.From(real, targets.Images, shown.Count).Above(0.5);
        return LossOptions.Compute(_network.Forward(input, lists, mask), shown.Targets, Head.Strides, mask);
    }

    private static Tensor Rows(float[] values, int width) => Tensor.From(values, values.Length / width, width);

    private Tensor? TextOf(Vocabulary vocabulary)
    {
        int width = _network.Options.TextDim, needed = vocabulary.Names.Count * width;
        if (vocabulary.Embeddings is not { } rows)
        {
            return null;
        }

        return rows.Length == needed
            ? Tensor.From(rows, 1, vocabulary.Names.Count, width).Unscoped()
            : throw new GraftException(
                Failure.Data,
                $"The text embeddings ({vocabulary.Source}) hold {rows.Length} numbers; {vocabulary.Names.Count} classes of width {width} need {needed}.",
                "model.text_dim must be the width of the embeddings (512 for ViT-B/32, 768 for ViT-L/14).");
    }
}
