using System.Diagnostics;

namespace Graft.Bench;

/// <summary>Runs steps of an entry in processes of their own, so that the memory of one does not count for another.</summary>
internal static class Steps
{
    /// <summary>Runs this program with other arguments, on the same streams.</summary>
    /// <param name="arguments">The entry and its settings.</param>
    /// <returns>The exit code.</returns>
    internal static int Run(params string[] arguments)
    {
        bool isHosted = Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal);
        using Process process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [.. isHosted ? new[] { typeof(Steps).Assembly.Location } : [], .. arguments]))!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
