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
        string target = Path.GetFullPath(path);
        string partial = target + ".partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using (FileStream stream = new(partial, FileMode.Create, FileAccess.Write, FileShare.None, BufferSize))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, target, overwrite: true);
        }
        catch (Exception error)
        {
            Discard(partial);
            // .NET reports a file that may not grow (EFBIG) as an argument out of range.
            if (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" })
            {
                throw new GraftException(
                    Failure.Runtime, $"Cannot write {path}: {error.Message}", "Check the free space and the permissions of its folder.", error);
            }

            throw;
        }
    }

    /// <summary>Writes a whole file of bytes.</summary>
    public static void WriteBytes(string path, byte[] bytes) => Write(path, stream => stream.Write(bytes));

    /// <summary>Writes a whole text file as UTF-8.</summary>
    public static void WriteText(string path, string text) => WriteBytes(path, Encoding.UTF8.GetBytes(text));

    private static void Discard(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report; a partial file is harmless.
        }
    }
}
