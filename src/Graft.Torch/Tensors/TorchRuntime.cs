using System.Runtime.InteropServices;
using Graft.Torch.Interop;

namespace Graft.Torch;

/// <summary>Process-wide settings of libtorch.</summary>
public static class TorchRuntime
{
    /// <summary>Versions of the native libraries: <c>libtorch 1.13.1; OpenCV 4.6.0</c>.</summary>
    public static string Versions => Marshal.PtrToStringUTF8(Native.graft_versions())!;

    /// <summary>Threads that one operator may use.</summary>
    public static int Threads
    {
        get => Native.graft_get_threads();
        set => Native.Check(Native.graft_set_threads(value), "threads");
    }

    /// <summary>Seeds libtorch's generators.</summary>
    public static void Seed(ulong seed) => Native.Check(Native.graft_seed(seed), "seed");
}
