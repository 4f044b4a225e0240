using Graft.Torch.Interop;

namespace Graft.Torch;

/// <summary>Mixed precision on this thread until disposed: convolutions and matrix products run in bfloat16 through libtorch's dispatcher, with
/// float32 weights.</summary>
/// <remarks>bfloat16 has the range of float32, so losses need no scaling (arXiv:1905.12322).</remarks>
public readonly struct MixedPrecision : IDisposable
{
    private readonly int _before;

    private MixedPrecision(int before) => _before = before;

    /// <summary>Begins.</summary>
    /// <param name="enabled">False: computes in the precision of the tensors, inside a time of mixed precision too.</param>
    public static MixedPrecision Begin(bool enabled = true) => new(Native.graft_set_autocast(enabled ? 1 : 0));

    /// <summary>Restores the previous mode.</summary>
    public void Dispose() => _ = Native.graft_set_autocast(_before);
}
