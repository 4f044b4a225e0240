using System.Text;
using Graft.Data;
using Graft.Drawing;
using Graft.Runtime;

namespace Graft.Runs;

/// <summary>Prediction with an ONNX file; only images are read, since videos need the native library.</summary>
internal sealed class OnnxPrediction : IPredictionEngine
{
    private readonly OnnxModel _model;
    private readonly DetectOptions? _options;
    private readonly DrawingOptions _drawing;

    /// <summary>Prepares a prediction.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">Thresholds.</param>
    /// <exception cref="GraftException">Of kind Usage: the request has an image size.</exception>
    internal OnnxPrediction(OnnxModel model, PredictionRequest request)
    {
        if (request.ImageSize is { } size)
        {
            throw new GraftException(
                Failure.Usage, $"The request has the image size {size}; the input size of an ONNX model is fixed when it is opened.",
                "Open the model with InputWidth and InputHeight.");
        }

        _model = model;

        // ASCII is drawn without a font.
        string[] written = [.. model.ClassNames.Where(name => !Ascii.IsValid(name))];
        Notes = [.. model.Notes, .. Fonts.Remarks(written)];
        _drawing = new DrawingOptions { Typeface = Fonts.Single(written) };
        _options = request.Thresholds is not { } thresholds ? null : new DetectOptions
        {
            ScoreThreshold = thresholds.ScoreThreshold,
            IouThreshold = thresholds.IouThreshold,
            MaxPerImage = thresholds.MaxPerImage,
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _model.ClassNames;

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes { get; }

    /// <inheritdoc/>
    public DataProblems Problems { get; } = new("predict");

    /// <inheritdoc/>
    public ImagePrediction Image(PredictionInput input, Func<string> target)
    {
        ImageBuffer image = OnnxModel.Read(input.Path);
        DetectionResult found = _model.Detect(image, _options);
        string result = target();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(result))!);
        OnnxModel.Draw(image, found, result, _drawing);
        return new ImagePrediction(input.Path, result, OnnxModel.Converted(found));
    }

    /// <inheritdoc/>
    public VideoPrediction? Video(PredictionInput input, Func<string> target, Action<FramePrediction> frame, CancellationToken stop)
        => throw new GraftException(
            Failure.Data, $"{input.Path}: videos are not read with an ONNX model.", "Give its frames as images, or the run folder or weight file that was exported.");
}
