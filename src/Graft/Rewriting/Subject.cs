using Graft.Detectors;
using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>A network with the vocabulary that it runs with, so that copies run with the same vocabulary.</summary>
/// <param name="Network">The network.</param>
/// <param name="Vocabulary">Class names and embeddings; null where the network takes no text input.</param>
public sealed record Subject(DetectionNetwork Network, Vocabulary? Vocabulary)
{
    /// <summary>Input pixels per cell, finest level first.</summary>
    public IReadOnlyList<int> Strides => Network.Strides;

    /// <summary>The network of a detector with its vocabulary.</summary>
    public static Subject Of(IDetector detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        return new(detector.Network, (detector as ITextDetector)?.Vocabulary);
    }

    /// <summary>A network with its vocabulary.</summary>
    /// <param name="network">The network.</param>
    /// <param name="vocabulary">Class names and embeddings; null where they are baked into the network or it reads no text.</param>
    public static Subject Of(DetectionNetwork network, Vocabulary? vocabulary = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new(network, vocabulary);
    }

    /// <summary>Raw outputs; images are converted to the network's precision.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    public RawDetections Forward(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        Tensor converted = images.To(ModelCopy.PrecisionOf(Network));
        return Network.Predict(converted, Text(converted.DType));
    }

    /// <summary>Runs every part of the network once and returns all outputs.</summary>
    internal IReadOnlyList<Tensor> RunAll(Tensor images)
    {
        Tensor converted = images.To(ModelCopy.PrecisionOf(Network));
        return Network.RunAll(converted, Text(converted.DType));
    }

    /// <summary>The text that the network reads, 1×N×D; null where it reads none.</summary>
    internal Tensor? Text(DType type) => Vocabulary?.Embeddings is { } rows && Network.TextWidth is { } width
        ? Tensor.From(rows, 1, Vocabulary.Names.Count, width).To(type)
        : null;
}
