using System.Runtime.InteropServices;

namespace Graft.Files;

/// <summary>Hands pages of a mapped file back to the system; they come in again when they are touched.</summary>
internal static partial class NativeMemoryPages
{
    private const int DontNeed = 4;

    /// <summary>Releases the whole pages inside a stretch of a read-only mapping.</summary>
    internal static void Release(nint address, long length)
    {
        long page = Environment.SystemPageSize;
        long begin = (address + page - 1) / page * page, end = (address + length) / page * page;
        if (end > begin && OperatingSystem.IsLinux())
        {
            // Advice only: when the system does not follow it, nothing is lost but memory.
            _ = madvise((nint)begin, (nint)(end - begin), DontNeed);
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(nint address, nint length, int advice);
}
