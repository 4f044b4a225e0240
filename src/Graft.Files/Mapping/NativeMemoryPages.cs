using System.Runtime.InteropServices;

namespace Graft.Files;

/// <summary>Returns pages of a mapped file to the system; they are loaded again on access.</summary>
internal static partial class NativeMemoryPages
{
    private const int DontNeed = 4;

    /// <summary>Releases the whole pages inside a range of a read-only mapping.</summary>
    internal static void Release(nint address, long length)
    {
        long page = Environment.SystemPageSize;
        long begin = (address + page - 1) / page * page, end = (address + length) / page * page;
        if (end > begin && OperatingSystem.IsLinux())
        {
            // Advice only: when the system ignores it, only memory use is higher.
            _ = madvise((nint)begin, (nint)(end - begin), DontNeed);
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(nint address, nint length, int advice);
}
