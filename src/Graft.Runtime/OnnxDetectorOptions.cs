using Microsoft.ML.OnnxRuntime;

namespace Graft.Runtime;

/// <summary>Settings of a detector, fixed when it is loaded.</summary>
public sealed record OnnxDetectorOptions
{
    /// <summary>Boxes must score higher than this; it replaces all thresholds of the model's metadata. Null: those of the metadata.</summary>
    public double? ScoreThreshold { get; init; }

    /// <summary>Thresholds of single classes by name; they override <see cref="ScoreThreshold"/> and the metadata.</summary>
    public IReadOnlyDictionary<string, double>? ClassThresholds { get; init; }

    /// <summary>A box is dropped when it overlaps a better one of its class by more than this IoU; null: the metadata's.</summary>
    public double? IouThreshold { get; init; }

    /// <summary>Best boxes kept per image; null: the metadata's.</summary>
    public int? MaxPerImage { get; init; }

    /// <summary>Columns of the network's input, for models of dynamic size; null: the metadata's.</summary>
    public int? InputWidth { get; init; }

    /// <summary>Rows of the network's input, for models of dynamic size; null: the metadata's.</summary>
    public int? InputHeight { get; init; }

    /// <summary>Images or tiles that run at once, for models of dynamic batch size.</summary>
    public int MaxBatch { get; init; } = 8;

    /// <summary>Threads of one inference; 0: ONNX Runtime's choice, one per core.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Whether idle threads of ONNX Runtime spin. It saves microseconds on an idle machine and costs a multiple of the inference time beside
    /// other busy processes.
    /// </summary>
    public bool AllowSpinning { get; init; }

    /// <summary>Whether to run once on an empty image while loading, so that the first image is as fast as the others.</summary>
    public bool WarmUp { get; init; }

    /// <summary>
    /// Changes the options of the session before it is made, such as <c>session => session.AppendExecutionProvider_CUDA()</c>; what the
    /// application's package of ONNX Runtime offers can be used.
    /// </summary>
    public Action<SessionOptions>? ConfigureSession { get; init; }
}
