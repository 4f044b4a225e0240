using System.Globalization;

namespace Graft.Runs;

/// <summary>Locks a run folder for one process; the operating system releases the lock when the process ends.</summary>
public sealed class RunLock : IDisposable
{
    /// <summary>Name of the lock file. Its length is the process id, since a length can be read while the file is locked.</summary>
    public const string FileName = "run.lock";

    /// <summary>Attempts to lock; together they wait for about a second.</summary>
    private const int Attempts = 50;

    // Error codes of a locked file: Linux, macOS, Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Locks a folder.</summary>
    /// <exception cref="GraftException">Of kind Refused: a process holds it; the message names folder and process.</exception>
    public static RunLock Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            FileStream file = Open(path, folder);
            if (IsStillThere(file, path))
            {
                return new RunLock(file);
            }

            file.Dispose();     // its owner deleted the file after it was opened here
            Thread.Sleep(attempt);
        }

        throw new GraftException(
            Failure.Runtime, $"Cannot lock the run folder {folder}: {FileName} disappears each time it is created; the folder was deleted, or another program deletes the file.",
            "Give another --work-dir.");
    }

    /// <summary>Checks that no process holds a folder; changes nothing.</summary>
    /// <exception cref="GraftException">Of kind Refused: a process holds it.</exception>
    public static void RequireNone(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            try
            {
                new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            }
            catch (IOException error) when (Held.Contains(error.HResult))
            {
                throw InUse(folder, path, error);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Its owner has ended, or Take reports what is wrong.
            }
        }
    }

    /// <summary>Releases the folder and deletes the lock file.</summary>
    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path, string folder)
    {
        try
        {
            // No access for others is an advisory lock on Linux; deleting comes before releasing.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error) when (Held.Contains(error.HResult))
        {
            throw InUse(folder, path, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GraftException(Failure.Runtime, $"Cannot lock the run folder {folder}: {error.Message}", "Check the free space and its permissions.", error);
        }
    }

    private static GraftException InUse(string folder, string path, IOException error)
        => new(Failure.Refused, $"The run folder {folder} is in use by {Holder(path)}.", "Wait for its end, or give another --work-dir.", error);

    private static bool IsStillThere(FileStream file, string path)
    {
        try
        {
            file.SetLength(Environment.ProcessId);
        }
        catch (Exception error) when (error is IOException or ArgumentOutOfRangeException)
        {
            return File.Exists(path);   // a full disk cannot store the length; the lock is held nevertheless
        }

        return Number(path) == Environment.ProcessId;
    }

    private static string Holder(string path)
        => Number(path) is > 0 and { } number ? string.Create(CultureInfo.InvariantCulture, $"process {number}") : "another process";

    private static long? Number(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
