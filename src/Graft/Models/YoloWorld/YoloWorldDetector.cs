using Graft.Detection;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.YoloWorld;

/// <summary>YOLO-World with a vocabulary: words and their embeddings, fixed or learned.</summary>
public sealed class YoloWorldDetector : IDetector
{
    private readonly YoloWorld _network;
    private Tensor? _text;

    /// <summary>Joins a network and a vocabulary.</summary>
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

    /// <summary>The words.</summary>
    public Vocabulary Vocabulary { get; private set; }

    /// <summary>Assigner and gains.</summary>
    public DetectionLoss LossOptions { get; }

    /// <inheritdoc/>
    public Module Network => _network;

    /// <summary>The network with its own type.</summary>
    public YoloWorld World => _network;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => Vocabulary.Names;

    /// <summary>1×N×D embeddings in use; null when words are baked in.</summary>
    public Tensor? Text => _network.Prompts is { } prompts ? prompts.Value.Unsqueeze(0) : _text;

    /// <summary>Looks for other words from now on.</summary>
    /// <exception cref="GraftException">Of kind Data: their embeddings have another width than the network's text.</exception>
    public void Speak(Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Tensor? text = TextOf(vocabulary);
        _text?.Dispose();
        (_text, Vocabulary) = (text, vocabulary);
    }

    /// <summary>The network's maps.</summary>
    public RawDetections Forward(Tensor images) => _network.Forward(images, Text);

    /// <inheritdoc/>
    public Losses Loss(Tensor images, Targets targets)
    {
        LossTerms terms = LossOptions.Compute(Forward(images), targets, Head.Strides);
        return new Losses(terms.Total, [("box_loss", terms.Box), ("cls_loss", terms.Class), ("dfl_loss", terms.Distribution)]);
    }

    /// <inheritdoc/>
    public Detection.Detection[][] Detect(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options)
    {
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(Forward(images), Head.Strides);
        return PostProcess.Run(boxes, scores, fittings, options);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _text?.Dispose();
        _network.Dispose();
    }

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
