using Graft.Data;
using Graft.Detectors;
using Graft.Drawing;
using Graft.Files;
using Graft.Torch.Images;

namespace Graft.Runs;

/// <summary>Detects in images, videos and folders, one input after the other, and writes each with its boxes. An input that cannot be read
/// is skipped.</summary>
/// <example><code>
/// using TrainedModel model = TrainedModel.Open("runs/detect/train", []);
/// PredictionResult result = new PredictionRun(model, new PredictionRequest(["images"]) { Folder = "results" }).Run(observer);
/// </code></example>
public sealed class PredictionRun
{
    private const int Quality = 92;

    private readonly PredictionRequest _request;
    private readonly PredictionInputs _inputs;
    private readonly Predictor _predictor;
    private readonly ImageReading _reading;
    private readonly DataProblems _problems = new("predict");
    private string? _folder;

    /// <summary>Counts the inputs; nothing is written yet.</summary>
    /// <param name="model">The detector with its class names; owned by the caller.</param>
    /// <param name="request">Inputs, thresholds and output folder.</param>
    /// <exception cref="GraftException">Of kind Usage: results would replace inputs, or the image size cannot be used; of kind
    /// Data: the only target is a folder without images and videos.</exception>
    public PredictionRun(TrainedModel model, PredictionRequest request)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        (_request, _folder, _reading, ClassNames) = (request, request.Folder, model.Config.Data.Reading(), model.Vocabulary.Names);
        string results = request.Folder ?? request.Project;
        _inputs = new PredictionInputs(request.Targets, request.Folder, results);
        Survey = _inputs.Survey();
        Notes = [.. Survey.Notes(results), .. Fonts.Remarks(ClassNames)];
        PostProcessOptions thresholds = request.Thresholds ?? PredictionRequest.DefaultThresholds(model.Config.Predict);
        _predictor = new Predictor(model.Detector, request.ImageSize ?? model.Config.Train.Imgsz, thresholds);
    }

    /// <summary>Counts of the inputs.</summary>
    public PredictionSurvey Survey { get; }

    /// <summary>Notes for the user before the run: files that are skipped, class names that cannot be drawn.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Class names, in label order.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Processes all inputs, once.</summary>
    /// <param name="observer">Receives each input, and each frame of a video.</param>
    /// <param name="stop">Stops before the next input; a video in progress is discarded.</param>
    /// <returns>The outcome; failed inputs are an error in it rather than an exception, so that the processed ones are known.</returns>
    public PredictionResult Run(IPredictionObserver observer, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(observer);
        int done = 0, failed = 0;
        GraftException? last = null;
        foreach (string empty in Survey.EmptyFolders)
        {
            Skip(empty, PredictionInputs.NothingIn(empty));
        }

        try
        {
            foreach (PredictionInput input in _inputs.List())
            {
                if (stop.IsCancellationRequested)
                {
                    break;
                }

                try
                {
                    done += One(input, observer, stop) ? 1 : 0;
                }
                catch (GraftException error) when (error.Failure == Failure.Data)
                {
                    Skip(input.Path, error);
                }
            }
        }
        catch (GraftException error)
        {
            return Result(error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Result(new GraftException(Failure.Runtime, error.Message, null, error));
        }

        return Result(last is null || Survey.Inputs == 1 ? last
            : new GraftException(Failure.Data, $"{failed} of {Counted.Of(Survey.Inputs, "input")} could not be read.", "The lines above name them."));

        void Skip(string path, GraftException error)
        {
            (failed, last) = (failed + 1, error);
            observer.OnSkipped(path, error);
        }

        PredictionResult Result(GraftException? error) => new(_folder, done, failed, stop.IsCancellationRequested, [.. _problems.List()], error);
    }

    private bool One(PredictionInput input, IPredictionObserver observer, CancellationToken stop)
    {
        if (!File.Exists(input.Path))
        {
            throw new GraftException(Failure.Data, $"{input.Path}: there is no such file.", "Check the path.");
        }

        if (input.IsVideo)
        {
            return Video(input, observer, stop);
        }

        using Image image = Image.Load(input.Path, _reading);
        _problems.Note(image, input.Path, _reading);
        Detection[] found = Draw(image);
        string target = Target(input);
        AtomicFile.WriteBytes(target, image.Encode(".jpg", Quality));
        observer.OnImage(new ImagePrediction(input.Path, target, found));
        return true;
    }

    /// <summary>Detects in a video frame by frame.</summary>
    /// <returns>False when it was stopped before the end.</returns>
    private bool Video(PredictionInput input, IPredictionObserver observer, CancellationToken stop)
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
                    result ??= new VideoResult(Target(input), reader.Rate);
                    result.Add(image);
                    boxes += found.Length;
                    observer.OnFrame(new FramePrediction(input.Path, result.Target, frames, reader.Frames, found));
                }
            }

            if (stop.IsCancellationRequested)
            {
                return false;
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

        observer.OnVideo(new VideoPrediction(input.Path, result.Target, frames, reader.Frames, boxes));
        return true;
    }

    private string Target(PredictionInput input)
    {
        _folder ??= RunFolder.Create(_request.Project, _request.Name).Path;
        return Path.Combine(_folder, input.Result);
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
