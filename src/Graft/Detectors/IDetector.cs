using Graft.Torch;

namespace Graft.Detectors;

/// <summary>A network with the classes that it detects: what training, evaluation and prediction need.</summary>
public interface IDetector : IDisposable
{
    /// <summary>The network.</summary>
    DetectionNetwork Network { get; }

    /// <summary>Class names, in label order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>How images are fitted into the input when boxes are predicted.</summary>
    InputFit InputFit => InputFit.Square;

    /// <summary>1×N×D text embeddings that the network reads; null: it reads none.</summary>
    Tensor? Text => null;

    /// <summary>Whether training changes the text from step to step.</summary>
    bool TextChanges => false;

    /// <summary>Loss of a batch.</summary>
    /// <param name="input">The images, or the maps that a later stage of the network reads.</param>
    /// <param name="targets">Ground-truth boxes in input pixels.</param>
    Losses ComputeLoss(StageMaps input, Targets targets);

    /// <summary>Detections of a batch.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    /// <param name="fittings">How each image was fitted into the input.</param>
    /// <param name="options">Thresholds.</param>
    Detection[][] Detect(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options);

    /// <summary>Detections of a batch and its loss, from one forward pass.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    /// <param name="fittings">How each image was fitted into the input.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="targets">Ground-truth boxes in input pixels.</param>
    (Detection[][] Detections, Losses Losses) DetectWithLoss(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options, Targets targets);
}

/// <summary>Shorter calls.</summary>
public static class DetectorExtensions
{
    /// <summary>Loss of a batch of images.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    /// <param name="targets">Ground-truth boxes in input pixels.</param>
    public static Losses ComputeLoss(this IDetector detector, Tensor images, Targets targets)
    {
        ArgumentNullException.ThrowIfNull(detector);
        return detector.ComputeLoss(StageMaps.Of(images), targets);
    }
}
