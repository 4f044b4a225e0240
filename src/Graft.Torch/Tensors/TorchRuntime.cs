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

    /// <summary>Checks that a device exists.</summary>
    /// <exception cref="GraftException">The name is no device, or this libtorch or machine has none of that kind.</exception>
    public static void RequireDevice(string device)
    {
        int status = Native.graft_has_device(device, out int available);
        if (status != 0)
        {
            throw new GraftException(Failure.Usage, $"'{device}' is not a device.", "Use cpu, cuda or cuda:0.");
        }

        if (available == 0)
        {
            throw new GraftException(
                Failure.Usage,
                $"The device '{device}' is not available: {Versions} found none.",
                "Use --device cpu, or set GRAFT_LIBTORCH to a CUDA build of libtorch and rebuild.");
        }
    }
}
