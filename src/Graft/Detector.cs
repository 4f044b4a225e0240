using Graft.Detectors;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch.Images;
using PixelFormat = Graft.Runtime.PixelFormat;

namespace Graft;

/// <summary>A trained detector: opens a model, detects, adapts it to new data, merges its adapters.</summary>
/// <remarks>All methods may be called from several threads; calls that run the network wait for one another. For parallel work open a
/// detector per thread.</remarks>
/// <example><code>
/// using Detector detector = Detector.Open("runs/adapted");
/// foreach (Detection found in detector.Detect("board.jpg"))
/// {
///     Console.WriteLine(found);
/// }
/// </code></example>
public sealed class Detector : IDisposable
{
    private readonly Lock _gate = new();
    private readonly DetectorOptions _options;
    private readonly PostProcessOptions _thresholds;
    private readonly Predictor _predictor;
    private bool _disposed;

    private Detector(TrainedModel model, DetectorOptions options, TrainingResult? training)
    {
        (Model, _options, Training) = (model, options, training);
        ImageSize = options.ImageSize ?? model.Config.Train.Imgsz;
        _thresholds = model.Config.Predict with
        {
            ScoreThreshold = Share(options.ScoreThreshold, nameof(options.ScoreThreshold)),
            IouThreshold = options.IouThreshold is { } iou ? Share(iou, nameof(options.IouThreshold)) : model.Config.Predict.IouThreshold,
        };
        _predictor = new Predictor(model.Detector, ImageSize, _thresholds);
    }

    /// <summary>Class names, in label order.</summary>
    public IReadOnlyList<string> ClassNames => Model.Vocabulary.Names;

    /// <summary>Side of the network's input in pixels; images of any size are fitted into it.</summary>
    public int ImageSize { get; }

    /// <summary>Notes for the user about the class names, such as prompts without meaning for the model.</summary>
    public IReadOnlyList<string> Notes => Model.Vocabulary.Notes;

    /// <summary>The model with its configuration and network, for advanced use; disposed with the detector.</summary>
    public TrainedModel Model { get; }

    /// <summary>How <see cref="Adapt"/> trained this detector; null when it was opened.</summary>
    public TrainingResult? Training { get; }

    /// <summary>Opens a run folder (its best weights), a weight file of Graft, or an official checkpoint.</summary>
    /// <param name="path">Folder or file.</param>
    /// <param name="options">Thresholds, image size; class names and configuration for a file without them.</param>
    /// <exception cref="GraftException">Missing, unreadable, or weights that do not fit.</exception>
    public static Detector Open(string path, DetectorOptions? options = null) => Opened(path, options ?? new DetectorOptions(), null);

    /// <summary>Detects in an image file: JPEG, PNG, BMP, TIFF or WebP, 8 or 16 bits, turned upright.</summary>
    /// <param name="file">The image.</param>
    /// <param name="scoreThreshold">Detections need more than this score; null: as the detector was opened.</param>
    /// <returns>Detections, best first, in pixels of the image.</returns>
    /// <exception cref="GraftException">Of kind Data: the image cannot be read.</exception>
    public IReadOnlyList<Detection> Detect(string file, double? scoreThreshold = null)
    {
        using Image image = Image.Load(file, Model.Config.Data.Reading());
        return Detect(image, scoreThreshold);
    }

    /// <summary>Detects in a buffer of 8-bit pixels, such as that of a camera.</summary>
    /// <param name="pixels">Rows from top to bottom.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="format">Channels of a pixel.</param>
    /// <param name="stride">Bytes from one row to the next; 0: rows follow one another without a gap.</param>
    /// <param name="scoreThreshold">Detections need more than this score; null: as the detector was opened.</param>
    /// <returns>Detections, best first, in pixels of the image.</returns>
    /// <exception cref="GraftException">Of kind Usage: the buffer does not hold such an image.</exception>
    public IReadOnlyList<Detection> Detect(
        ReadOnlySpan<byte> pixels, int width, int height, PixelFormat format = PixelFormat.Bgr8, int stride = 0, double? scoreThreshold = null)
    {
        using Image image = DetectorPixels.Copy(pixels, width, height, format, stride);
        return Detect(image, scoreThreshold);
    }

    /// <summary>Detects in a decoded image, BGR or gray.</summary>
    /// <param name="image">The image, owned by the caller.</param>
    /// <param name="scoreThreshold">Detections need more than this score; null: as the detector was opened.</param>
    /// <returns>Detections, best first, in pixels of the image.</returns>
    public IReadOnlyList<Detection> Detect(Image image, double? scoreThreshold = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Channels == 1)
        {
            using Image colour = image.FromGrey();
            return Detect(colour, scoreThreshold);
        }

        PostProcessOptions thresholds = scoreThreshold is { } score ? _thresholds with { ScoreThreshold = Share(score, nameof(scoreThreshold)) } : _thresholds;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            IReadOnlyList<string> names = ClassNames;
            return [.. _predictor.Detect(image, thresholds).Select(found => found with { ClassName = names[found.Label] })];
        }
    }

    /// <summary>Trains adapters on this detector's weights, which are not changed, and opens the result. Nothing is printed; the run folder
    /// contains weights, curves and a report.</summary>
    /// <param name="data">A <c>data.yaml</c>, a COCO file, or the folder of either.</param>
    /// <param name="options">Strategy or adapters, epochs, image size, seed, work folder, observer; null: as <c>start/adapt</c>.</param>
    /// <param name="stop">Stops after the step in progress; the run folder can then be resumed.</param>
    /// <returns>The adapted detector, with the thresholds of this one; the caller disposes it.</returns>
    /// <exception cref="GraftException">Data or settings that cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled; the message names the run folder.</exception>
    public Detector Adapt(string data, AdaptOptions? options = null, CancellationToken stop = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(data);
        TrainingResult result = DetectorAdaptation.Run(Model, data, options ?? new AdaptOptions(), stop);
        DetectorOptions opened = new() { ScoreThreshold = _options.ScoreThreshold, IouThreshold = _options.IouThreshold };
        return Opened(result.Folder.Path, opened, result);
    }

    /// <summary>Merges the adapters into the weights, proves that the merged model detects the same, and writes it.</summary>
    /// <param name="path">Target: <c>.safetensors</c>, or <c>.pth</c> for the original tools; complete or absent.</param>
    /// <param name="tolerance">Largest relative difference in float32 that passes; null: the default of the proof.</param>
    /// <returns>What was merged, what was not and its form, the proof and the costs.</returns>
    /// <exception cref="MergeRefusedException">The outputs differ by more than the tolerance; the exception contains the proof, and nothing is
    /// written.</exception>
    /// <exception cref="GraftException">Of kind Usage: the target cannot be written as a weight file, or is this model's own file.</exception>
    public RewriteReport Merge(string path, double? tolerance = null)
    {
        double? limit = tolerance is { } single ? Share(single, nameof(tolerance)) : null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return ModelRewriting.Merge(Model, path, tolerance: limit);
        }
    }

    /// <summary>Joins a base and models that were adapted from it in one file: what they have in common runs once, and each answers for its own
    /// classes, bit for bit as it does alone. <see cref="Open"/> opens the file.</summary>
    /// <param name="request">The members and the names of their classes.</param>
    /// <param name="path">Target: <c>.safetensors</c>; complete or absent.</param>
    /// <returns>The proof and the costs.</returns>
    /// <exception cref="MergeRefusedException">A member does not answer as it does alone; nothing is written.</exception>
    /// <exception cref="GraftException">Of kind Usage: names that clash, members that take different inputs, or a target that cannot be
    /// written; of kind Model: an adapter or a model of another base.</exception>
    public static JoinReport Join(JoinRequest request, string path) => ModelJoin.Run(request, path);

    /// <summary>Frees the network; a call in progress ends first.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _disposed = true;
                Model.Dispose();
            }
        }
    }

    private static Detector Opened(string path, DetectorOptions options, TrainingResult? training)
    {
        Vocabulary? vocabulary = options.Vocabulary is { } asked ? StandIns.Resolve(asked, path) : null;
        TrainedModel model = TrainedModel.Open(path, options.Settings, vocabulary, options.Config);
        try
        {
            return new Detector(model, options, training);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static double Share(double value, string name) => value is >= 0 and <= 1 ? value
        : throw new GraftException(Failure.Usage, FormattableString.Invariant($"{name} is {value}, expected 0 to 1."));
}
