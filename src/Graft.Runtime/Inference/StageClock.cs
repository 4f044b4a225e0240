using System.Diagnostics;

namespace Graft.Runtime.Inference;

/// <summary>Adds up the time of each stage of one call.</summary>
internal sealed class StageClock
{
    private long _start, _decode, _preprocess, _inference, _postprocess;

    public void Clear() => (_decode, _preprocess, _inference, _postprocess) = (0, 0, 0, 0);

    public void Start() => _start = Stopwatch.GetTimestamp();

    public void StopDecode() => _decode += Since();

    public void StopPreprocess() => _preprocess += Since();

    public void StopInference() => _inference += Since();

    public void StopPostprocess() => _postprocess += Since();

    /// <summary>The times so far, shared by a number of images.</summary>
    public DetectionTimings Read(int images = 1) => new(Span(_decode, images), Span(_preprocess, images), Span(_inference, images), Span(_postprocess, images));

    private static TimeSpan Span(long ticks, int images) => Stopwatch.GetElapsedTime(0, ticks) / images;

    private long Since() => Stopwatch.GetTimestamp() - _start;
}
