namespace Graft.Runs;

/// <summary>Receives results while a prediction runs; every method has an empty default.</summary>
public interface IPredictionObserver
{
    /// <summary>An image is processed, and its result is written.</summary>
    void OnImage(ImagePrediction image)
    {
    }

    /// <summary>A frame of a video is processed. Frames whose video ends without <see cref="OnVideo"/> have no result.</summary>
    void OnFrame(FramePrediction frame)
    {
    }

    /// <summary>A video is processed, and its result is written.</summary>
    void OnVideo(VideoPrediction video)
    {
    }

    /// <summary>An input cannot be processed and is skipped.</summary>
    void OnSkipped(string path, GraftException error)
    {
    }
}
