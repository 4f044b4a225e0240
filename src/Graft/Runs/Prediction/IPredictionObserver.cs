namespace Graft.Runs;

/// <summary>Is told what a prediction finds while it works; every method may be left out.</summary>
public interface IPredictionObserver
{
    /// <summary>An image is searched, and its result is written.</summary>
    void OnImage(ImagePrediction image)
    {
    }

    /// <summary>A frame of a video is searched. Frames whose video ends without <see cref="OnVideo"/> have no result.</summary>
    void OnFrame(FramePrediction frame)
    {
    }

    /// <summary>A video is searched, and its result is written.</summary>
    void OnVideo(VideoPrediction video)
    {
    }

    /// <summary>An input cannot be searched; the others are.</summary>
    void OnSkipped(string path, GraftException error)
    {
    }
}
