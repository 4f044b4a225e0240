using Graft.Files;
using Graft.Torch.Images;

namespace Graft.Runs;

/// <summary>A video that is written beside its target and moved there when it is complete; otherwise it is deleted.</summary>
/// <param name="target">The file; its folder is created when absent.</param>
/// <param name="rate">Frames per second; 0 when unknown.</param>
internal sealed class VideoResult(string target, double rate) : IDisposable
{
    private const int UnknownRate = 25;

    private readonly PartialFile _file = new(target, ".partial.mp4");
    private VideoWriter? _writer;

    /// <summary>The file.</summary>
    internal string Target => target;

    /// <summary>Adds a frame; all have the size of the first.</summary>
    internal void Add(Image frame)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file.Path)!);
        _writer ??= new VideoWriter(_file.Path, rate > 0 ? rate : UnknownRate, frame.Width, frame.Height);
        _writer.Add(frame);
    }

    /// <summary>Moves the video to its target.</summary>
    internal void Finish()
    {
        _writer?.Dispose();
        _file.Finish();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer?.Dispose();
        _file.Dispose();
    }
}
