namespace Graft.Bench;

/// <summary>Threads that process frames in blocks; between blocks all of them wait.</summary>
internal sealed class CameraThreads : IDisposable
{
    private readonly CameraFrame[] _frames = CameraFrame.All;
    private readonly Action<CameraFrame> _work;
    private readonly Barrier _barrier;
    private readonly Thread[] _threads;
    private long _left;
    private bool _ends;
    private Exception? _error;

    /// <summary>Starts the threads.</summary>
    /// <param name="count">How many.</param>
    /// <param name="work">Processes a frame.</param>
    internal CameraThreads(int count, Action<CameraFrame> work)
    {
        _work = work;
        _barrier = new Barrier(count + 1);
        _threads = [.. Enumerable.Range(0, count).Select(_ => new Thread(Loop) { IsBackground = true })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Frames so far.</summary>
    internal long Done { get; private set; }

    /// <summary>Processes a block of frames, and waits for its end.</summary>
    internal void Run(long frames)
    {
        _left = frames;
        _barrier.SignalAndWait();
        _barrier.SignalAndWait();
        Done += frames;
        if (_error is { } error)
        {
            throw new GraftException(Failure.Runtime, $"A thread failed: {error.Message}", null, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ends = true;
        _barrier.SignalAndWait();
        Array.ForEach(_threads, thread => thread.Join());
        _barrier.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_ends)
            {
                return;
            }

            try
            {
                for (long at = Interlocked.Decrement(ref _left); at >= 0; at = Interlocked.Decrement(ref _left))
                {
                    _work(_frames[at % _frames.Length]);
                }
            }
            catch (Runtime.OnnxDetectorException error)
            {
                _error = error;
            }

            _barrier.SignalAndWait();
        }
    }
}
