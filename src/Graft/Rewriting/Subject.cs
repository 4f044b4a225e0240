using Graft.Detection;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>A network and how to ask it, so that its copies can be asked the same.</summary>
/// <param name="Network">The network.</param>
/// <param name="Run">Raw answers of a network of this kind to pictures in its precision.</param>
/// <param name="Strides">Input pixels a cell, finest level first.</param>
public sealed record Subject(Module Network, Func<Module, Tensor, RawDetections> Run, IReadOnlyList<int> Strides)
{
    /// <summary>A network that reads words, has learned prompts, or has words baked in.</summary>
    /// <param name="network">The network.</param>
    /// <param name="words">Its words; null where it holds them itself.</param>
    public static Subject Of(YoloWorld network, Vocabulary? words)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new(network, (module, images) => Ask((YoloWorld)module, words, images), Head.Strides);
    }

    /// <summary>A network of the YOLOv10 family, asked once per object.</summary>
    public static Subject Of(YoloV10 network) => new(network, (module, images) => ((YoloV10)module).ForwardOneToOne(images), YoloV10Head.Strides);

    /// <summary>Raw answers; pictures are converted to the network's precision.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    public RawDetections Forward(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Run(Network, images.To(ModelCopy.PrecisionOf(Network)));
    }

    private static RawDetections Ask(YoloWorld network, Vocabulary? words, Tensor images)
    {
        Tensor? text = network.Prompts?.Value.Unsqueeze(0)
            ?? (words?.Embeddings is { } rows ? Tensor.From(rows, 1, words.Names.Count, network.Options.TextDim).To(images.DType) : null);
        return network.Forward(images, text);
    }
}
