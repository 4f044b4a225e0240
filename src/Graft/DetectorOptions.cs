using Graft.Detectors;
using Graft.Runs;

namespace Graft;

/// <summary>How <see cref="Detector.Open"/> opens a model.</summary>
public sealed record DetectorOptions
{
    /// <summary>Detections need more than this score, 0 to 1; <see cref="Detector"/>'s methods can change it per call.</summary>
    public double ScoreThreshold { get; init; } = PredictionRequest.DefaultScore;

    /// <summary>A box that overlaps a better one of its class by more than this IoU is dropped; null: that of the model's configuration.</summary>
    public double? IouThreshold { get; init; }

    /// <summary>Side of the network's input in pixels, a multiple of 32; null: that of training.</summary>
    public int? ImageSize { get; init; }

    /// <summary>Class names with their text embeddings, for a detector that reads text; null: those of the file.</summary>
    public Vocabulary? Vocabulary { get; init; }

    /// <summary>Configuration, by path or name such as <c>yolo_world/v2_s</c>, for a file that contains none and is not recognised.</summary>
    public string? Config { get; init; }

    /// <summary>Other settings as <c>key=value</c>, such as <c>predict.max_per_image=20</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
