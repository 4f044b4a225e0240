using Graft.Detectors;
using Graft.Runtime;
using Graft.Text;

namespace Graft.Runs;

/// <summary>A detector in an ONNX file, run by ONNX Runtime without the native library of Graft.</summary>
/// <example><code>
/// using OnnxModel model = OnnxModel.Open("boards.onnx");
/// PredictionResult result = new PredictionRun(model, new PredictionRequest(["images"]) { Folder = "results" }).Run(observer);
/// </code></example>
public sealed class OnnxModel : IDisposable
{
    private readonly OnnxDetector _detector;
    private OnnxAdapter? _adapter;

    private OnnxModel(string path, OnnxDetector detector) => (Path, _detector) = (path, detector);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Class names, in label order: those of the adapter in use, or of the file; empty where the file has none.</summary>
    public IReadOnlyList<string> ClassNames => _detector.Names;

    /// <summary>What the file says about itself.</summary>
    public ModelDescription Description => _detector.Model;

    /// <summary>Notes for the user: what the file does not say and what is assumed, a sentence each.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. Description.Assumptions.Select(one => $"{Path}: {one}"),
        .. _adapter is { } adapter && Description.TextWidth > 0
            ? [$"{Path} takes its prompts as an input: with {adapter.Name} it keeps those of the base"] : Array.Empty<string>(),
    ];

    /// <summary>Whether a path is read as an ONNX model: its extension is <c>.onnx</c>.</summary>
    public static bool IsOnnx(string path) => System.IO.Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens a file.</summary>
    /// <param name="path">An ONNX file that was exported for detection.</param>
    /// <param name="options">Thresholds and input size; null: those of the file.</param>
    /// <exception cref="GraftException">Of kind Model: missing, damaged or not a detector; of kind Usage: an option that does not fit.</exception>
    public static OnnxModel Open(string path, OnnxDetectorOptions? options = null)
        => new(path, Calling(() => OnnxDetector.Load(path, options)));

    /// <summary>Uses an adapter that was exported with this model, with the classes of its training, from the next call on.</summary>
    /// <param name="path">An <c>.onnx_adapter</c> file.</param>
    /// <exception cref="GraftException">Of kind Model: missing, damaged, or an adapter of another base.</exception>
    public void Use(string path)
    {
        OnnxAdapter adapter = Calling(() => OnnxAdapter.Load(path));
        try
        {
            Calling(() =>
            {
                _detector.Use(adapter);
                return adapter;
            });
        }
        catch
        {
            adapter.Dispose();
            throw;
        }

        _adapter?.Dispose();
        _adapter = adapter;
    }

    /// <summary>Makes prompts the classes from the next call on, for models that were exported with text as an input.</summary>
    /// <param name="prompts">A list <c>"a,b"</c>, a prompt file, or embeddings as <c>.npy</c>; synonyms of a class are averaged.</param>
    /// <param name="encoder">A registered text encoder, a CLIP folder or a checkpoint; null: the one that the file names.</param>
    /// <param name="tokenizer">Folder with vocab.json and merges.txt, where CLIP's encoder has none beside it.</param>
    /// <returns>Notes on the prompts.</returns>
    /// <exception cref="GraftException">Of kind Usage: the file's classes are fixed, or the encoder is another one; of kind Data: prompts that
    /// cannot be used; of kind Model: no text encoder.</exception>
    public IReadOnlyList<string> SetPrompts(string prompts, string? encoder = null, string? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (System.IO.Path.GetExtension(prompts).Equals(".npy", StringComparison.OrdinalIgnoreCase))
        {
            Vocabulary stored = ModelPrompts.Stored(prompts, null);
            Calling(() => Set(stored.Names, stored.Embeddings!));
            return stored.Notes;
        }

        PromptSet set = PromptSet.Open(prompts);
        string name = encoder ?? (Description.TextEncoder is { } trained ? TextEncoders.NameOf(trained) : null) ?? throw new GraftException(
            Description.TextWidth == 0 ? Failure.Usage : Failure.Model,
            Description.TextWidth == 0 ? $"{Path} has its classes for good: {string.Join(", ", ClassNames)}." : $"{Path} does not say which text encoder it was trained with, or this program lacks it.",
            Description.TextWidth == 0 ? "Export it with text as an input: graft export RUN|FILE --text input --out FILE." : "Name it: --text-model minilm, a CLIP folder, or a checkpoint that holds one.");
        using ITextEncoder opened = TextEncoders.Open(name, tokenizer);
        Calling(() => Checked(opened, set.Names));
        PromptEmbeddings embedded = opened.Embed(set, cache: new EmbeddingCache());
        Calling(() => Set(set.Names, embedded.Values));
        return [.. set.Notes, .. embedded.Notes];

        bool Checked(ITextEncoder with, IReadOnlyList<string> names)
        {
            _detector.SetPrompts(with, names);
            return true;
        }

        bool Set(IReadOnlyList<string> names, float[] embeddings)
        {
            _detector.SetVocabulary(names, embeddings);
            return true;
        }
    }

    /// <summary>Frees the session and the adapter.</summary>
    public void Dispose()
    {
        _detector.Dispose();
        _adapter?.Dispose();
    }

    /// <summary>Reads an image file.</summary>
    /// <param name="path">JPEG, PNG, BMP, WebP or TIFF.</param>
    /// <exception cref="GraftException">Of kind Data: missing or not an image.</exception>
    internal static ImageBuffer Read(string path) => Calling(() => TiffImage.Is(path) ? TiffImage.Load(path) : ImageBuffer.Load(path));

    /// <summary>Detects in an image file.</summary>
    /// <param name="image">JPEG, PNG, BMP, WebP or TIFF.</param>
    /// <param name="options">Thresholds; null: those of the model.</param>
    /// <exception cref="GraftException">Of kind Data: missing or not an image.</exception>
    internal DetectionResult Detect(string image, DetectOptions? options = null)
        => TiffImage.Is(image) ? Detect(TiffImage.Load(image), options) : Calling(() => _detector.Detect(image, options));

    /// <summary>Detects in an image in memory.</summary>
    /// <param name="image">The image.</param>
    /// <param name="options">Thresholds; null: those of the model.</param>
    internal DetectionResult Detect(ImageBuffer image, DetectOptions? options = null)
        => Calling(() => _detector.Detect(image.Pixels.Span, image.Width, image.Height, image.Stride, image.Format, options));

    /// <summary>Draws detections onto a copy of an image and writes it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="found">What to draw.</param>
    /// <param name="target">The copy; its folder exists.</param>
    /// <param name="options">How to draw.</param>
    /// <exception cref="GraftException">Of kind Runtime: the copy cannot be written.</exception>
    internal static void Draw(ImageBuffer image, DetectionResult found, string target, DrawingOptions options) => Calling(() =>
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
