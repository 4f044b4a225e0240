using Graft.Detectors;
using Graft.Runtime;

namespace Graft.Runs;

/// <summary>A detector in an ONNX file, run by ONNX Runtime without the native library of Graft.</summary>
/// <example><code>
/// using OnnxModel model = OnnxModel.Open("boards.onnx");
/// PredictionResult result = new PredictionRun(model, new PredictionRequest(["images"]) { Folder = "results" }).Run(observer);
/// </code></example>
public sealed class OnnxModel : IDisposable
{
    private readonly OnnxDetector _detector;

    private OnnxModel(string path, OnnxDetector detector)
    {
        (Path, _detector) = (path, detector);
        ClassNames = [.. detector.Names];
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Class names, in label order; empty where the file has none.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>What the file says about itself.</summary>
    public ModelDescription Description => _detector.Model;

    /// <summary>Notes for the user: what the file does not say and what is assumed, a sentence each.</summary>
    public IReadOnlyList<string> Notes => [.. Description.Assumptions.Select(one => $"{Path}: {one}")];

    /// <summary>Whether a path is read as an ONNX model: its extension is <c>.onnx</c>.</summary>
    public static bool IsOnnx(string path) => System.IO.Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens a file.</summary>
    /// <param name="path">An ONNX file that was exported for detection.</param>
    /// <param name="options">Thresholds and input size; null: those of the file.</param>
    /// <exception cref="GraftException">Of kind Model: missing, damaged or not a detector; of kind Usage: an option that does not fit.</exception>
    public static OnnxModel Open(string path, OnnxDetectorOptions? options = null)
        => new(path, Calling(() => OnnxDetector.Load(path, options)));

    /// <summary>Frees the session.</summary>
    public void Dispose() => _detector.Dispose();

    /// <summary>Detects in an image file.</summary>
    /// <param name="image">JPEG, PNG, BMP or WebP.</param>
    /// <param name="options">Thresholds; null: those of the model.</param>
    /// <exception cref="GraftException">Of kind Data: missing or not an image.</exception>
    internal DetectionResult Detect(string image, DetectOptions? options = null) => Calling(() => _detector.Detect(image, options));

    /// <summary>Draws detections onto a copy of an image file.</summary>
    /// <param name="image">The image.</param>
    /// <param name="found">What to draw.</param>
    /// <param name="target">The copy; its folder exists.</param>
    /// <param name="options">How to draw.</param>
    /// <exception cref="GraftException">Of kind Data: not an image; of kind Runtime: the copy cannot be written.</exception>
    internal static void Draw(string image, DetectionResult found, string target, DrawingOptions options) => Calling(() =>
    {
        DetectionDrawing.Save(image, found, target, options);
        return found.Count;
    });

    /// <summary>Detections of the runtime as those of this library.</summary>
    internal static Detectors.Detection[] Converted(DetectionResult found)
        => [.. found.Select(one => new Detectors.Detection(one.Label, one.Score, new Detectors.Box(one.Box.X1, one.Box.Y1, one.Box.X2, one.Box.Y2)) { ClassName = one.Name })];

    /// <summary>Calls the runtime; its errors become those of this library, with the same text.</summary>
    private static T Calling<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (OnnxDetectorException error)
        {
            string message = error.Hint is { } hint && error.Message.EndsWith($" {hint}", StringComparison.Ordinal) ? error.Message[..^(hint.Length + 1)] : error.Message;
            throw new GraftException(KindOf(error), message, error.Hint, error);
        }
    }

    private static Failure KindOf(OnnxDetectorException error) => error.Kind switch
    {
        // A disk that is full is no mistake in the arguments.
        FailureKind.Usage when error.InnerException is IOException or UnauthorizedAccessException => Failure.Runtime,
        FailureKind.Usage => Failure.Usage,
        FailureKind.Data => Failure.Data,
        _ => Failure.Model,
    };
}
