using System.Text;

namespace Graft.Files;

/// <summary>
/// Writes files that are either complete or absent: into <c>NAME.partial</c> beside the target, flushed to the disk, then renamed.
/// If a save fails, the previous file is intact; the next save replaces a leftover partial file.
/// </summary>
public static class AtomicFile
{
    private const int BufferSize = 1 << 20;

    /// <summary>Writes a file through a stream; missing folders are created.</summary>
    /// <exception cref="GraftException">The file cannot be written: no space, no permission, a folder in its place.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using PartialFile file = new(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
            using (FileStream stream = new(file.Path, FileMode.Create, FileAccess.Write, FileShare.None, BufferSize))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            file.Finish();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" })
        {
            // .NET reports a file that may not grow (EFBIG) as an argument out of range.
            throw Unwritable(path, error.Message, error);
        }
    }

    /// <summary>Checks before long work that a file can be created in the folder of a path, or in the nearest one that exists; nothing stays.</summary>
    /// <exception cref="GraftException">It cannot: no permission, or a file where a folder is needed.</exception>
    public static void RequireWritable(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!, name = $".{Guid.NewGuid():N}.partial";
        while (!Directory.Exists(folder) && !File.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }

        try
        {
            using FileStream probe = new(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string reason = File.Exists(folder) ? $"{folder} is a file, not a folder." : error.Message.Replace(Path.DirectorySeparatorChar + name, "", StringComparison.Ordinal);
            throw Unwritable(path, reason, error);
        }
    }

    /// <summary>Writes a whole file of bytes.</summary>
    public static void WriteBytes(string path, byte[] bytes) => Write(path, stream => stream.Write(bytes));

    /// <summary>Writes a whole text file as UTF-8.</summary>
    public static void WriteText(string path, string text) => WriteBytes(path, Encoding.UTF8.GetBytes(text));

    private static GraftException Unwritable(string path, string reason, Exception error)
        => new(Failure.Runtime, $"Cannot write {path}: {reason}", "Check the free space and the permissions of its folder.", error);
}
