using Graft.Torch.Interop;

namespace Graft.Torch;

/// <summary>Counts how much memory the tensors hold that this thread makes, gradients of its backward passes included; begin and dispose it
/// on the same thread, inner ones first.</summary>
public sealed class TensorMemory : IDisposable
{
    private nint _watch;

    private TensorMemory(nint watch) => _watch = watch;

    /// <summary>Most bytes that were held at the same time since the beginning; what was made before is not counted.</summary>
    /// <exception cref="ObjectDisposedException">It has ended.</exception>
    public long Peak
    {
        get
        {
            ObjectDisposedException.ThrowIf(_watch == 0, this);
            return Native.graft_memory_peak(_watch);
        }
    }

    /// <summary>Begins to count.</summary>
    public static TensorMemory Watch()
    {
        Native.Check(Native.graft_memory_watch(out nint watch), "memory");
        return new TensorMemory(watch);
    }

    /// <summary>Ends the count.</summary>
    public void Dispose()
    {
        if (_watch != 0)
        {
            Native.graft_memory_unwatch(_watch);
            _watch = 0;
        }
    }
}
