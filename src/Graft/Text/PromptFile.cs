using System.Text;
using System.Text.Json;

namespace Graft.Text;

/// <summary>Reads prompt files: strict UTF-8, JSON or plain text by their first character.</summary>
internal static class PromptFile
{
    private const long MaxBytes = 64L << 20;

    public static IReadOnlyList<IReadOnlyList<string>> Read(string path)
    {
        if (!File.Exists(path))
            throw new GraftException(Failure.Data, $"{path}: no such prompt file.");
        if (new FileInfo(path).Length > MaxBytes)
            throw new GraftException(Failure.Data, $"{path}: larger than {MaxBytes >> 20} MB; is this a prompt file?");

        string text = Decode(path, File.ReadAllBytes(path));
        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || text.TrimStart().StartsWith('[') ? Json(path, text) : Lines(text);
    }

    private static string Decode(string path, byte[] bytes)
    {
        const string SaveAgain = "Save the file as UTF-8.";
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            throw new GraftException(Failure.Data, $"{path}: written in UTF-16; prompt files are UTF-8.", SaveAgain);
        int start = bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        if (Array.IndexOf(bytes, (byte)0) >= 0)
            throw new GraftException(Failure.Data, $"{path}: has zero bytes: UTF-16, or no text at all; prompt files are UTF-8.", SaveAgain);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, start, bytes.Length - start);
        }
        catch (DecoderFallbackException error)
        {
            string found = Convert.ToHexString(error.BytesUnknown ?? []);
            throw new GraftException(Failure.Data,
                $"{path}: the byte at offset {start + error.Index} (0x{found}) is not UTF-8; the file is in another encoding.", SaveAgain, error);
        }
    }

    private static List<IReadOnlyList<string>> Lines(string text)
    {
        List<string> lines = [.. text.Split('\n').Select(line => line.TrimEnd('\r').Trim())];
        while (lines.Count > 0 && lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);                // an empty line in between is an empty prompt, not a layout
        return [.. lines.Select(line => (IReadOnlyList<string>)[line])];
    }

    private static List<IReadOnlyList<string>> Json(string path, string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                throw Wrong(path, $"a JSON {document.RootElement.ValueKind}");
            return [.. document.RootElement.EnumerateArray().Select((entry, label) => Entry(path, entry, label))];
        }
        catch (JsonException error)
        {
            throw new GraftException(Failure.Data, $"{path}: not valid JSON: {error.Message}", inner: error);
        }
    }

    private static IReadOnlyList<string> Entry(string path, JsonElement entry, int label) => entry.ValueKind switch
    {
        JsonValueKind.String => [Text(path, entry, label)],
        JsonValueKind.Array => [.. entry.EnumerateArray().Select(prompt => Text(path, prompt, label))],
        _ => throw Wrong(path, $"{entry.ValueKind} as class {label}"),
    };

    private static string Text(string path, JsonElement prompt, int label)
    {
        if (prompt.ValueKind != JsonValueKind.String)
            throw Wrong(path, $"{prompt.ValueKind} among the prompts of class {label}");
        try
        {
            return prompt.GetString()!;
        }
        catch (InvalidOperationException error)             // an escaped half of a surrogate pair
        {
            throw new GraftException(Failure.Data, $"{path}: a prompt of class {label} is not valid Unicode.", inner: error);
        }
    }

    private static GraftException Wrong(string path, string found)
        => new(Failure.Data, $"{path}: {found}; expected a list of classes, each a list of prompts: [[\"scratch\", \"scuff\"], [\"dent\"]].");
}
