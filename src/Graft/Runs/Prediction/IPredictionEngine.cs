using Graft.Data;

namespace Graft.Runs;

/// <summary>Detects in one input and writes it with its boxes; what a kind of model differs in.</summary>
internal interface IPredictionEngine
{
    /// <summary>Class names, in label order.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>Notes for the user before the run, a sentence each.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>Problems of images that were processed nevertheless.</summary>
    DataProblems Problems { get; }

    /// <summary>Detects in an image.</summary>
    /// <param name="input">The image.</param>
    /// <param name="target">Gives the path of the result and creates its folder; called once the image is read.</param>
    /// <exception cref="GraftException">Of kind Data: the image cannot be read.</exception>
    ImagePrediction Image(PredictionInput input, Func<string> target);

    /// <summary>Detects in a video frame by frame.</summary>
    /// <param name="input">The video.</param>
    /// <param name="target">Gives the path of the result and creates its folder; called once a frame is read.</param>
    /// <param name="frame">Receives each frame.</param>
    /// <param name="stop">Discards the video.</param>
    /// <returns>The outcome; null when it was stopped before the end.</returns>
    /// <exception cref="GraftException">Of kind Data: the video cannot be read.</exception>
    VideoPrediction? Video(PredictionInput input, Func<string> target, Action<FramePrediction> frame, CancellationToken stop);
}
