using System.Diagnostics;

namespace Graft.Cli.Tests.BadInput;

/// <summary>A fact that needs a small disk of its own; skipped, with the reason, where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FullDiskFactAttribute : FactAttribute
{
    private static readonly string? Reason = Try();

    public FullDiskFactAttribute() => Skip = Reason;

    private static string? Try()
    {
        using TemporaryFolder folder = new();
        try
        {
            using SmallDisk disk = new(folder.At("disk"), 1);
            return null;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"A small disk (tmpfs) can only be mounted by root with the right to mount: {error.Message}";
        }
    }
}

/// <summary>A mounted memory disk of a few megabytes, unmounted at the end.</summary>
internal sealed class SmallDisk : IDisposable
{
    internal SmallDisk(string path, int megabytes)
    {
        Path = Directory.CreateDirectory(path).FullName;
        Shell("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Path);
    }

    internal string Path { get; }

    /// <summary>Fills all space but a few kilobytes; all of it where another process writes at the same time.</summary>
    internal void FillUpTo(int freeKilobytes)
    {
        string filler = System.IO.Path.Combine(Path, "filler");
        File.Delete(filler);
        long free = new DriveInfo(Path).AvailableFreeSpace - (freeKilobytes * 1024L);
        try
        {
            File.WriteAllBytes(filler, new byte[Math.Max(0, free)]);
        }
        catch (IOException) when (new DriveInfo(Path).AvailableFreeSpace <= freeKilobytes * 1024L)
        {
            // Full sooner than was computed, and full is what was wanted.
        }
    }

    public void Dispose() => Shell("umount", Path);

    private static void Shell(string command, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(command, words) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {errors.Trim()}");
        }
    }
}
