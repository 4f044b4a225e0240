using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Graft.Files;

/// <summary>Reads hand-written text files; errors say precisely why one cannot be read or is not text.</summary>
public static class TextFile
{
    /// <summary>Far above the size of a hand-written file.</summary>
    public const long MaxText = 64L << 20;

    private const string SaveAgain = "Save the file as UTF-8.";

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it should hold, for messages; may be empty.</param>
    /// <param name="failure">The kind of error.</param>
    /// <param name="most">Bytes above which the file is refused.</param>
    /// <exception cref="GraftException">It is missing, a folder, too large, or may not be read.</exception>
    public static byte[] ReadBytes(string path, string expected, Failure failure, long most = int.MaxValue)
    {
        string wanted = expected.Length == 0 ? "" : $"; expected {expected}";
        if (Directory.Exists(path))
        {
            throw new GraftException(failure, $"{path}: is a folder{(expected.Length == 0 ? "; expected a file" : wanted)}.", "Name the file in it.");
        }

        try
        {
            long length = File.Exists(path) ? new FileInfo(path).Length : 0;
            return length <= most ? File.ReadAllBytes(path) : throw new GraftException(
                failure, $"{path}: has {Megabytes(length)}, more than the {Megabytes(most)} that are read{wanted}.", "Check that it is the right file.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new GraftException(failure, $"{path}: there is no such file{wanted}.", "Check the path.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new GraftException(failure, $"{path}: cannot be read: permission denied{wanted}.", "Check the file's permissions.", error);
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            throw new GraftException(failure, $"{Printable.Name(path, 400)}: cannot be read ({error.Message}){wanted}.", null, error);
        }
    }

    /// <summary>Reads a text file: UTF-8, or UTF-16 and UTF-32 with their mark.</summary>
    /// <inheritdoc cref="ReadBytes"/>
    public static string Read(string path, string expected, Failure failure, long most = MaxText)
        => Decode(path, ReadBytes(path, expected, failure, most), failure);

    /// <summary>The lines of a text file, without line ends.</summary>
    /// <inheritdoc cref="ReadBytes"/>
    public static string[] ReadLines(string path, string expected, Failure failure)
    {
        string[] lines = [.. Read(path, expected, failure).ReplaceLineEndings("\n").Split('\n')];
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    /// <summary>The text of a file's bytes; <paramref name="path"/> is named in errors.</summary>
    /// <exception cref="GraftException">The bytes are of another kind of file, or of another encoding.</exception>
    public static string Decode(string path, byte[] bytes, Failure failure)
    {
        if (KindOf(bytes) is { } kind)
        {
            throw new GraftException(failure, $"{path}: is {kind}, not text.", "Check that it is the right file.");
        }

        Encoding? marked = MarkedEncoding(bytes);
        string text;
        try
        {
            int start = (marked ?? Encoding.UTF8).Preamble is { } mark && bytes.AsSpan().StartsWith(mark) ? mark.Length : 0;
            text = (marked ?? new UTF8Encoding(false, throwOnInvalidBytes: true)).GetString(bytes, start, bytes.Length - start);
        }
        catch (ArgumentException error)
        {
            throw marked is null ? NotUtf8(path, bytes, failure)
                : new GraftException(failure, $"{path}: is marked as {marked.WebName}, but does not read as such.", SaveAgain, error);
        }

        int zero = text.IndexOf('\0', StringComparison.Ordinal);
        return zero < 0 ? text : throw new GraftException(
            failure, $"{path}:{Line(text.AsSpan(0, zero).Count('\n'))}: has zero bytes: another encoding than UTF-8, or not text at all.", SaveAgain);
    }

    /// <summary>The file type that the first bytes indicate, if it is not text; else null.</summary>
    internal static string? KindOf(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x1F, 0x8B, ..] => "gzip data",
        [(byte)'P', (byte)'K', 3, 4, ..] => "a zip file",
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "a PNG image",
        [0xFF, 0xD8, 0xFF, ..] => "a JPEG image",
        _ when bytes.StartsWith("%PDF-"u8) => "a PDF document",
        _ when bytes.StartsWith("version https://git-lfs"u8) => "a Git LFS pointer",
        _ => null,
    };

    /// <summary>The encoding that a byte order mark names, except UTF-8.</summary>
    internal static Encoding? MarkedEncoding(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xFE, 0, 0, ..] => new UTF32Encoding(false, true, true),
        [0, 0, 0xFE, 0xFF, ..] => new UTF32Encoding(true, true, true),
        [0xFF, 0xFE, ..] => new UnicodeEncoding(false, true, true),
        [0xFE, 0xFF, ..] => new UnicodeEncoding(true, true, true),
        _ => null,
    };

    /// <summary>An error about the first byte that is not UTF-8.</summary>
    internal static GraftException NotUtf8(string path, ReadOnlySpan<byte> bytes, Failure failure)
    {
        int at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out int used) == System.Buffers.OperationStatus.Done)
        {
            at += used;
        }

        return new GraftException(
            failure,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{path}:{Line(bytes[..at].Count((byte)'\n'))}: the byte at offset {at} (0x{bytes[at]:X2}) is not UTF-8; "
                + $"the file is in another encoding, such as Latin-1, or not text."),
            SaveAgain);
    }

    /// <summary>Whether all bytes are UTF-8.</summary>
    internal static bool IsUtf8(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes);

    private static string Line(int ends) => (ends + 1).ToString(CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(bytes / 1048576.0):f0} MiB");
}
