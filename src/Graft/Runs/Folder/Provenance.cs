using System.Reflection;
using System.Runtime.InteropServices;
using Graft.Torch;

namespace Graft.Runs;

/// <summary>Origin of a result: the version and the machine.</summary>
public static class Provenance
{
    /// <summary>Operating system, processor architecture, threads, and the versions of the native libraries.</summary>
    public static string Machine()
        => $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {TorchRuntime.Threads} threads, {TorchRuntime.Versions}";

    /// <summary>Version of Graft.</summary>
    public static string Version() => typeof(Provenance).Assembly.GetName().Version?.ToString(3) ?? string.Empty;

    /// <summary>Version of Graft with the revision of its sources, where the build recorded one.</summary>
    public static string Revision()
        => typeof(Provenance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? Version();
}
