using System.Globalization;

namespace Graft.Runs;

/// <summary>Memory of this process, as reported by the kernel.</summary>
public static class ProcessMemory
{
    /// <summary>Largest resident size so far, in MiB.</summary>
    public static double PeakMegabytes() => Read("VmHWM:");

    /// <summary>Current resident size, in MiB.</summary>
    public static double ResidentMegabytes() => Read("VmRSS:");

    /// <summary>The number of a line such as <c>VmHWM:\t 1234 kB</c>, in MiB; the kernel pads it to eight digits, so a large one follows the tab.</summary>
    internal static double Megabytes(string line) => double.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    private static double Read(string field)
    {
        const string Status = "/proc/self/status";
        string? line = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(text => text.StartsWith(field, StringComparison.Ordinal)) : null;
        return line is null ? Environment.WorkingSet / 1048576.0 : Megabytes(line);
    }
}
