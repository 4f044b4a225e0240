using System.Text;
using Graft.Files;

namespace Graft.Tests.Texts;

public sealed class TextFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Utf16WithItsMark_IsRead()
    {
        string path = Bytes([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("dent ü")]);
        Assert.Equal("dent ü", TextFile.Read(path, "", Failure.Data));
        Assert.Equal("dent ü", TextFile.Read(Bytes([0xEF, 0xBB, 0xBF, .. "dent ü"u8]), "", Failure.Data));
    }

    [Fact]
    public void LastLine_NeedsNoEnd()
    {
        Assert.Equal(["a", "", "b"], TextFile.ReadLines(Bytes([.. "a\r\n\nb"u8]), "", Failure.Data));
        Assert.Equal(["a", "", "b"], TextFile.ReadLines(Bytes([.. "a\r\n\nb\n"u8]), "", Failure.Data));
    }

    [Fact]
    public void FilesThatAreNotText_AreNamed()
    {
        Assert.Contains(":2: the byte at offset 7 (0xE9) is not UTF-8", Refused([.. "dent\nab"u8, 0xE9, (byte)'c']), StringComparison.Ordinal);
        Assert.Contains("is gzip data, not text", Refused([0x1F, 0x8B, 8, 0]), StringComparison.Ordinal);
        Assert.Contains("is a PNG image, not text", Refused([0x89, .. "PNG\r\n"u8]), StringComparison.Ordinal);
        Assert.Contains(":2: has zero bytes", Refused([.. "a\nb\0c"u8]), StringComparison.Ordinal);
    }

    [Fact]
    public void UnreadableFiles_GetAPreciseError()
    {
        Assert.Contains("is a folder; expected labels", Read(_folder.Path), StringComparison.Ordinal);
        Assert.Contains("there is no such file; expected labels", Read(_folder.At("none.txt")), StringComparison.Ordinal);
        Assert.Contains("there is no such file", Read(Path.Combine(_folder.Write("a.txt", ""), "b.txt")), StringComparison.Ordinal);
        string large = _folder.At("large.txt");
        using (FileStream stream = File.Create(large))
        {
            stream.SetLength(TextFile.MaxText + 1);
        }

        Assert.Contains("has 65 MiB, more than the 64 MiB that are read; expected labels", Read(large), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1, NaN]", ":1: is not valid JSON: found NaN, which JSON does not have")]
    [InlineData("{\n\"a\": -Infinity}", ":2: is not valid JSON: found -Infinity, which JSON does not have")]
    [InlineData("[True]", "found True, as Python prints it")]
    [InlineData("[1, // one\n2]", "found a comment, which JSON does not have")]
    [InlineData("[1,\n2,\n]", ":3: is not valid JSON: found a comma before ']'")]
    [InlineData("{'a': 1}", "found a single quote; JSON has double quotes")]
    [InlineData("{\"a\": 1}\n{\"a\": 2}\n", ":2: is not valid JSON: a second value follows the first (JSON Lines, or a missing comma)")]
    [InlineData("{\"a\": [1,", ":1: is not valid JSON, or ends too early: the file ends in the middle")]
    [InlineData(" \n", "the file is empty")]
    [InlineData("<!DOCTYPE html>", "is a web page or XML, not JSON")]
    [InlineData("{\"a\": 1, \"a\": \"x\\ud800\"}", "is not a thing")]
    public void FilesThatAreNotJson_GetAPlainError(string json, string words)
    {
        GraftException error = Assert.Throws<GraftException>(() => JsonText.Parse(
            "x.json", Encoding.UTF8.GetBytes(json), "a thing", Failure.Data, root => root.GetProperty("a").GetString()));
        Assert.StartsWith("x.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherEncodingsOfJson_AreNamed()
    {
        Assert.Contains("text in UTF-16; JSON is UTF-8", Json([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("[1]")]), StringComparison.Ordinal);
        Assert.Contains("text in UTF-16", Json(Encoding.Unicode.GetBytes("[1]")), StringComparison.Ordinal);
        Assert.Contains("text in UTF-32", Json([.. Encoding.UTF32.GetPreamble(), .. Encoding.UTF32.GetBytes("[1]")]), StringComparison.Ordinal);
        Assert.Contains("(0xE9) is not UTF-8", Json([.. "[\"ray"u8, 0xE9, .. "e\"]"u8]), StringComparison.Ordinal);
        Assert.Contains("is gzip data, not JSON", Json([0x1F, 0x8B, 8, 0]), StringComparison.Ordinal);
    }

    [Fact]
    public void ControlCharacters_DoNotReachATerminal()
        => Assert.Equal("a\\u001b[31m\nb\\u202e", new GraftException(Failure.Data, "a\u001B[31m\nb\u202E").Message);

    private static string Json(byte[] bytes)
        => Assert.Throws<GraftException>(() => JsonText.Parse("x.json", bytes, "a thing", Failure.Data, root => root.ValueKind)).Message;

    private string Refused(byte[] bytes) => Read(Bytes(bytes));

    private static string Read(string path) => Assert.Throws<GraftException>(() => TextFile.Read(path, "labels", Failure.Data)).Message;

    private string Bytes(byte[] bytes)
    {
        string path = _folder.At("odd.txt");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
