using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Graft.Files;

/// <summary>Reads JSON files; errors say plainly what is wrong with an invalid one.</summary>
public static class JsonText
{
    private const string WriteAgain = "Check that the file was written completely, or export it again.";

    /// <summary>Reads a file and converts its root; every exception becomes an error that names the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it should hold, for messages.</param>
    /// <param name="failure">The kind of error.</param>
    /// <param name="read">Converts the root; the element is valid only during the call.</param>
    /// <param name="options">How strictly JSON is read.</param>
    /// <exception cref="GraftException">It cannot be read, is not JSON, or is not as expected.</exception>
    public static T Read<T>(string path, string expected, Failure failure, Func<JsonElement, T> read, JsonDocumentOptions options = default)
        => Parse(path, TextFile.ReadBytes(path, expected, failure), expected, failure, read, options);

    /// <summary>The same for bytes; <paramref name="path"/> is named in errors.</summary>
    /// <inheritdoc cref="Read"/>
    public static T Parse<T>(
        string path, ReadOnlyMemory<byte> bytes, string expected, Failure failure, Func<JsonElement, T> read, JsonDocumentOptions options = default)
    {
        ReadOnlyMemory<byte> json = bytes[Check(path, bytes.Span, failure)..];
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, options);
            return read(document.RootElement);
        }
        catch (JsonException error)
        {
            throw Malformed(path, json.Span, error, failure);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException
            or OverflowException or IndexOutOfRangeException)
        {
            throw new GraftException(failure, $"{path}: is not {expected}: {error.Message}", null, error);
        }
    }

    /// <summary>Refuses bytes that cannot be JSON, naming what they are instead; returns the length of the byte order mark.</summary>
    /// <exception cref="GraftException">The file is empty, a web page, compressed, or in another encoding.</exception>
    public static int Check(string path, ReadOnlySpan<byte> bytes, Failure failure)
    {
        GraftException Not(string what, string hint) => new(failure, $"{path}: is {what}, not JSON.", hint);
        if (TextFile.KindOf(bytes) is { } kind)
        {
            throw Not(kind, kind.StartsWith("gzip", StringComparison.Ordinal) ? "Unpack it first: gunzip." : "Check that it is the right file.");
        }

        int mark = bytes.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        ReadOnlySpan<byte> text = bytes[mark..].TrimStart(" \t\r\n"u8);
        if (TextFile.MarkedEncoding(bytes) is { } encoding)
        {
            throw Not($"text in {encoding.WebName.ToUpperInvariant()[..6]}; JSON is UTF-8", "Save the file as UTF-8.");
        }

        if (text.IsEmpty)
        {
            throw new GraftException(failure, $"{path}:1: is not valid JSON, or ends too early: the file is empty.", WriteAgain);
        }

        if (text[0] == (byte)'<')
        {
            throw Not("a web page or XML", "A download link may lead to a page; download the file itself.");
        }

        if (text.Contains((byte)0))
        {
            string what = text.Length > 1 && (text[0] == 0 || text[1] == 0) ? "text in UTF-16 or UTF-32; JSON is UTF-8" : "binary data (it has zero bytes)";
            throw Not(what, "Save the file as UTF-8.");
        }

        return TextFile.IsUtf8(bytes) ? mark : throw TextFile.NotUtf8(path, bytes, failure);
    }

    /// <summary>An error about JSON that is truncated or malformed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">The parsed bytes, without a byte order mark.</param>
    /// <param name="error">The parser's error.</param>
    /// <param name="failure">The kind of error.</param>
    public static GraftException Malformed(string path, ReadOnlySpan<byte> bytes, JsonException error, Failure failure)
    {
        if (error.LineNumber is not { } line)
        {
            return new GraftException(failure, $"{path}: is not valid JSON: {Own(error)}", WriteAgain, error);
        }

        int at = Offset(bytes, line, error.BytePositionInLine ?? 0);
        bool ends = bytes[at..].Trim(" \t\r\n"u8).IsEmpty || error.Message.Contains("reached end of data", StringComparison.Ordinal);
        string what = ends ? "the file ends in the middle: it is cut off, or a bracket is not closed." : Explain(bytes, at) ?? Own(error);
        return new GraftException(
            failure,
            string.Create(CultureInfo.InvariantCulture, $"{path}:{line + 1}: is not valid JSON{(ends ? ", or ends too early" : "")}: {what}"),
            ends ? WriteAgain : "Correct the file or export it again.",
            error);
    }

    private static string? Explain(ReadOnlySpan<byte> bytes, int at)
    {
        if (at >= bytes.Length)
        {
            return null;
        }

        int start = at, end = at;
        while (start > 0 && IsWord(bytes[start - 1]))
        {
            start--;
        }

        while (end < bytes.Length && IsWord(bytes[end]))
        {
            end++;
        }

        string word = Encoding.UTF8.GetString(bytes[start..Math.Min(end, start + 20)]);
        int before = bytes[..start].TrimEnd(" \t\r\n"u8).Length - 1;
        byte last = before < 0 ? (byte)0 : bytes[before];
        return word.TrimStart('+', '-').ToUpperInvariant() switch
        {
            "NAN" or "INF" or "INFINITY" => $"found {word}, which JSON does not have; write a number or null.",
            "NONE" or "TRUE" or "FALSE" => $"found {word}, as Python prints it; JSON has null, true and false.",
            _ => bytes[at] switch
            {
                (byte)'/' or (byte)'#' => "found a comment, which JSON does not have.",
                (byte)'\'' => "found a single quote; JSON has double quotes.",
                (byte)']' or (byte)'}' when last == (byte)',' => $"found a comma before '{(char)bytes[at]}'; the last entry has none.",
                (byte)'{' or (byte)'[' when last is (byte)'}' or (byte)']' =>
                    "a second value follows the first (JSON Lines, or a missing comma); expected one value.",
                _ => null,
            },
        };
    }

    private static bool IsWord(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'+' or (byte)'-';

    private static int Offset(ReadOnlySpan<byte> bytes, long line, long position)
    {
        int at = 0;
        for (; line > 0 && bytes[at..].IndexOf((byte)'\n') is >= 0 and int end; line--)
        {
            at += end + 1;
        }

        return (int)Math.Min(at + position, bytes.Length);
    }

    private static string Own(JsonException error) => Printable.Name(error.Message.Split(". LineNumber")[0].Split(" LineNumber:")[0].TrimEnd('.'), 200) + ".";
}
