using Graft.Data;
using Graft.Detectors;
using Graft.Drawing;
using Graft.Files;
using Graft.Torch.Images;

namespace Graft.Runs;

/// <summary>Prediction with a trained model in libtorch.</summary>
internal sealed class NetworkPrediction : IPredictionEngine
{
    private const int Quality = 92;

    private readonly Predictor _predictor;
    private readonly ImageReading _reading;

    /// <summary>Prepares a prediction.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">Thresholds and input size.</param>
    /// <exception cref="GraftException">Of kind Usage: the image size cannot be used.</exception>
    internal NetworkPrediction(TrainedModel model, PredictionRequest request)
    {
        (_reading, ClassNames) = (model.Config.Data.Reading(), model.Vocabulary.Names);
        Notes = Fonts.Remarks(ClassNames);
        PostProcessOptions thresholds = request.Thresholds ?? PredictionRequest.DefaultThresholds(model.Config.Predict);
        _predictor = new Predictor(model.Detector, request.ImageSize ?? model.Config.Train.Imgsz, thresholds);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes { get; }

    /// <inheritdoc/>
    public DataProblems Problems { get; } = new("predict");

    /// <inheritdoc/>
    public ImagePrediction Image(PredictionInput input, Func<string> target)
    {
        using Image image = Torch.Images.Image.Load(input.Path, _reading);
        Problems.Note(image, input.Path, _reading);
        Detection[] found = Draw(image);
        string result = target();
        AtomicFile.WriteBytes(result, image.Encode(".jpg", Quality));
        return new ImagePrediction(input.Path, result, found);
    }

    /// <inheritdoc/>
    public VideoPrediction? Video(PredictionInput input, Func<string> target, Action<FramePrediction> frame, CancellationToken stop)
    {
        using VideoReader reader = new(input.Path);
        VideoResult? result = null;
        int frames = 0, boxes = 0;
        try
        {
            for (; !stop.IsCancellationRequested && reader.Read() is { } image; frames++)
            {
                using (image)
                {
                    Detection[] found = Draw(image);
                    result ??= new VideoResult(target(), reader.Rate);
                    result.Add(image);
                    boxes += found.Length;
                    frame(new FramePrediction(input.Path, result.Target, frames, reader.Frames, found));
                }
            }

            if (stop.IsCancellationRequested)
            {
                return null;
            }

            if (result is null)
            {
                throw new GraftException(Failure.Data, $"The video {input.Path} holds no frame that can be read.");
            }

            result.Finish();
        }
        finally
        {
            result?.Dispose();
        }

        return new VideoPrediction(input.Path, result.Target, frames, reader.Frames, boxes);
    }

    /// <summary>Draws the boxes into an image.</summary>
    /// <returns>The detections with their class names.</returns>
    private Detection[] Draw(Image image)
    {
        Detection[] found = [.. _predictor.Detect(image).Select(one => one with { ClassName = ClassNames[one.Label] })];
        new Canvas(image).Boxes([.. found.Select(DrawnBox.Of)], ClassNames);
        return found;
    }
}
