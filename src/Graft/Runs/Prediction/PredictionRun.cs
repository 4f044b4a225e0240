namespace Graft.Runs;

/// <summary>Detects in images, videos and folders, one input after the other, and writes each with its boxes. An input that cannot be read
/// is skipped.</summary>
/// <example><code>
/// using TrainedModel model = TrainedModel.Open("runs/detect/train", []);
/// PredictionResult result = new PredictionRun(model, new PredictionRequest(["images"]) { Folder = "results" }).Run(observer);
/// </code></example>
public sealed class PredictionRun
{
    private readonly PredictionRequest _request;
    private readonly PredictionInputs _inputs;
    private readonly IPredictionEngine _engine;
    private string? _folder;

    /// <summary>Counts the inputs; nothing is written yet.</summary>
    /// <param name="model">The detector with its class names; owned by the caller.</param>
    /// <param name="request">Inputs, thresholds and output folder.</param>
    /// <exception cref="GraftException">Of kind Usage: results would replace inputs, or the image size cannot be used; of kind
    /// Data: the only target is a folder without images and videos.</exception>
    public PredictionRun(TrainedModel model, PredictionRequest request)
        : this(request, () => new NetworkPrediction(model ?? throw new ArgumentNullException(nameof(model)), request))
    {
    }

    /// <summary>Counts the inputs; nothing is written yet. Videos are skipped as inputs that cannot be read.</summary>
    /// <param name="model">The detector, opened with the input size; owned by the caller.</param>
    /// <param name="request">Inputs and output folder; without thresholds those of the model count.</param>
    /// <exception cref="GraftException">Of kind Usage: results would replace inputs, or the request has an image size; of kind Data: the
    /// only target is a folder without images and videos.</exception>
    public PredictionRun(OnnxModel model, PredictionRequest request)
        : this(request, () => new OnnxPrediction(model ?? throw new ArgumentNullException(nameof(model)), request))
    {
    }

    private PredictionRun(PredictionRequest request, Func<IPredictionEngine> engine)
    {
        ArgumentNullException.ThrowIfNull(request);
        (_request, _folder) = (request, request.Folder);
        string results = request.Folder ?? request.Project;
        _inputs = new PredictionInputs(request.Targets, request.Folder, results);
        Survey = _inputs.Survey();
        _engine = engine();
        Notes = [.. Survey.Notes(results), .. _engine.Notes];
    }

    /// <summary>Counts of the inputs.</summary>
    public PredictionSurvey Survey { get; }

    /// <summary>Notes for the user before the run: files that are skipped, class names that cannot be drawn.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Class names, in label order.</summary>
    public IReadOnlyList<string> ClassNames => _engine.ClassNames;

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

        PredictionResult Result(GraftException? error) => new(_folder, done, failed, stop.IsCancellationRequested, [.. _engine.Problems.List()], error);
    }

    private bool One(PredictionInput input, IPredictionObserver observer, CancellationToken stop)
    {
        if (!File.Exists(input.Path))
        {
            throw new GraftException(Failure.Data, $"{input.Path}: there is no such file.", "Check the path.");
        }

        if (!input.IsVideo)
        {
            observer.OnImage(_engine.Image(input, () => Target(input)));
            return true;
        }

        VideoPrediction? video = _engine.Video(input, () => Target(input), observer.OnFrame, stop);
        if (video is not null)
        {
            observer.OnVideo(video);
        }

        return video is not null;
    }

    private string Target(PredictionInput input)
    {
        _folder ??= RunFolder.Create(_request.Project, _request.Name).Path;
        return Path.Combine(_folder, input.Result);
    }
}
