using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Detectors;

/// <summary>A step's loss: what is minimised, and its parts for people.</summary>
/// <param name="Total">Scalar.</param>
/// <param name="Items">Named parts, each a scalar tensor, in the order of the results table: box, class, distribution.</param>
public sealed record Losses(Tensor Total, IReadOnlyList<(string Name, Tensor Value)> Items);

/// <summary>A network that finds boxes, with the words or classes that it finds: what training, evaluation and prediction need.</summary>
public interface IDetector : IDisposable
{
    /// <summary>The network.</summary>
    Module Network { get; }

    /// <summary>Class names, in label order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Loss of a batch.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    /// <param name="targets">True boxes in input pixels.</param>
    Losses Loss(Tensor images, Targets targets);

    /// <summary>Final boxes of a batch.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    /// <param name="fittings">How each image was fitted into the input.</param>
    /// <param name="options">Thresholds.</param>
    Detection[][] Detect(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options);

    /// <summary>Final boxes of a batch and its loss, from one pass through the network.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    /// <param name="fittings">How each image was fitted into the input.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="targets">True boxes in input pixels.</param>
    (Detection[][] Found, Losses Losses) Judge(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options, Targets targets);
}
