using Graft.Detectors;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>A network and how to ask it, so that its copies can be asked the same.</summary>
/// <param name="Network">The network.</param>
/// <param name="Run">Raw answers of a network of this kind to images in its precision.</param>
/// <param name="Strides">Input pixels a cell, finest level first.</param>
public sealed record Subject(Module Network, Func<Module, Tensor, RawDetections> Run, IReadOnlyList<int> Strides)
{
    /// <summary>Runs every part of a network, also those that answers do not need, and returns all results: a weight may only change when
    /// all its readers are known. Null when <see cref="Run"/> does.</summary>
    public Func<Module, Tensor, IReadOnlyList<Tensor>>? RunEverything { get; init; }

    /// <summary>What a detector asks.</summary>
    /// <exception cref="GraftException">Of kind Usage: nobody knows how to ask it.</exception>
    public static Subject Of(IDetector detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        return detector switch
        {
            YoloWorldDetector world => Of(world.World, world.Vocabulary),
            YoloV10Detector ten => Of(ten.V10),
            _ => throw new GraftException(Failure.Usage, "This detector cannot be rewritten: it is neither YOLO-World nor YOLOv10.", "Give a detector of one of these families."),
        };
    }

    /// <summary>A network that reads words, has learned prompts, or has words baked in.</summary>
    /// <param name="network">The network.</param>
    /// <param name="words">Its words; null where it holds them itself.</param>
    public static Subject Of(YoloWorld network, Vocabulary? words)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new(network, (module, images) => Ask((YoloWorld)module, words, images), Head.Strides);
    }

    /// <summary>A network of the YOLOv10 family, asked once per object.</summary>
    public static Subject Of(YoloV10 network) => new(network, (module, images) => ((YoloV10)module).ForwardOneToOne(images), YoloV10Head.Strides)
    {
        RunEverything = (module, images) => Flat(((YoloV10)module).Forward(images)),
    };

    /// <summary>Raw answers; images are converted to the network's precision.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    public RawDetections Forward(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Run(Network, images.To(ModelCopy.PrecisionOf(Network)));
    }

    /// <summary>Runs every part once and returns all results.</summary>
    internal IReadOnlyList<Tensor> Everything(Tensor images)
    {
        if (RunEverything is { } run)
        {
            return run(Network, images.To(ModelCopy.PrecisionOf(Network)));
        }

        RawDetections raw = Forward(images);
        return [.. raw.Logits, .. raw.Distributions];
    }

    private static Tensor[] Flat(YoloV10Output output)
        => [.. new[] { output.OneToOne, output.OneToMany }.OfType<RawDetections>().SelectMany(raw => raw.Logits.Concat(raw.Distributions))];

    private static RawDetections Ask(YoloWorld network, Vocabulary? words, Tensor images)
    {
        Tensor? text = network.Words
            ?? (words?.Embeddings is { } rows ? Tensor.From(rows, 1, words.Names.Count, network.Options.TextDim).To(images.DType) : null);
        return network.Forward(images, text);
    }
}
