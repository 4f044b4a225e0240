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
            throw new GraftException(
                Failure.Runtime, $"Cannot write {path}: {error.Message}", "Check the free space and the permissions of its folder.", error);
        }
    }

    /// <summary>Writes a whole file of bytes.</summary>
    public static void WriteBytes(string path, byte[] bytes) => Write(path, stream => stream.Write(bytes));

    /// <summary>Writes a whole text file as UTF-8.</summary>
    public static void WriteText(string path, string text) => WriteBytes(path, Encoding.UTF8.GetBytes(text));
}
