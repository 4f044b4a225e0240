using Graft.Torch.Interop;

namespace Graft.Torch.Images;

/// <summary>Reads the frames of a video file in order.</summary>
public sealed class VideoReader : IDisposable
{
    private readonly int _orientation;
    private nint _handle;

    /// <summary>Opens a file.</summary>
    /// <exception cref="GraftException">OpenCV cannot open it.</exception>
    public VideoReader(string path)
    {
        int status = Native.graft_video_open(path, out _handle, out double rate, out long frames);
        if (status != 0)
        {
            throw new GraftException(Failure.Data, $"Cannot open the video {path}.", "OpenCV reads AVI, MP4, MKV and MOV files that FFmpeg can decode.");
        }

        (Rate, Frames) = (rate, frames);
        _orientation = VideoHeader.OrientationOf(path);
    }

    /// <summary>Frames per second.</summary>
    public double Rate { get; }

    /// <summary>Number of frames, as the file states; 0 when unknown.</summary>
    public long Frames { get; }

    /// <summary>The next frame, rotated upright as an MP4 or MOV file states, or null at the end.</summary>
    public Image? Read()
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        Native.Check(Native.graft_video_read(_handle, out nint image), "read video");
        return image == 0 ? null : Image.Upright(image, _orientation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Native.graft_video_free(Interlocked.Exchange(ref _handle, 0));
    }
}

/// <summary>Writes images of one size as an MP4 file.</summary>
public sealed class VideoWriter : IDisposable
{
    private nint _handle;

    /// <summary>Creates the file.</summary>
    public VideoWriter(string path, double rate, int width, int height)
        => Native.Check(Native.graft_writer_open(path, rate, height, width, out _handle), $"write the video {path}");

    /// <summary>Appends an image.</summary>
    public void Add(Image image)
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        Native.Check(Native.graft_writer_add(_handle, image), "write video");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Native.graft_writer_free(Interlocked.Exchange(ref _handle, 0));
    }
}
