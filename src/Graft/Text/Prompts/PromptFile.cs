using System.Text.Json;
using Graft.Files;

namespace Graft.Text;

/// <summary>Reads prompt files: strict UTF-8, JSON or plain text by their first character.</summary>
internal static class PromptFile
{
    private const string Expected = "a prompt file: JSON, or one class per line";
    private const long MaxBytes = 64L << 20;

    public static IReadOnlyList<IReadOnlyList<string>> Read(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new GraftException(Failure.Data, $"{path}: no such prompt file.");
        }

        if (Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".tsv" or ".yaml" or ".yml")
        {
            throw new GraftException(
                Failure.Data, $"{path}: tables and YAML are not prompt files; expected {Expected}.",
                "Write one class per line into a .txt file, or a list into a .json file: [[\"scratch\", \"scuff\"], [\"dent\"]].");
        }

        byte[] bytes = TextFile.ReadBytes(path, Expected, Failure.Data, MaxBytes);
        string text = Decode(path, bytes);
        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || text.TrimStart().StartsWith('[') ? Json(path, bytes) : Lines(text);
    }

    private static string Decode(string path, byte[] bytes)
    {
        // Prompts decide what is detected: encodings are not guessed, and a UTF-16 mark is refused.
        return bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]
            ? throw new GraftException(Failure.Data, $"{path}: written in UTF-16; prompt files are UTF-8.", "Save the file as UTF-8.")
            : TextFile.Decode(path, bytes, Failure.Data);
    }

    private static List<IReadOnlyList<string>> Lines(string text)
    {
        List<string> lines = [.. text.Split('\n').Select(line => line.TrimEnd('\r').Trim())];
        while (lines.Count > 0 && lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);                // an empty line in between is an empty prompt, not a layout
        }

        return [.. lines.Select(line => (IReadOnlyList<string>)[line])];
    }

    private static List<IReadOnlyList<string>> Json(string path, byte[] bytes)
        => JsonText.Parse(path, bytes, Expected, Failure.Data, root => root.ValueKind == JsonValueKind.Array
            ? root.EnumerateArray().Select((entry, label) => Entry(path, entry, label)).ToList()
            : throw Wrong(path, $"a JSON {root.ValueKind}"));

    private static IReadOnlyList<string> Entry(string path, JsonElement entry, int label) => entry.ValueKind switch
    {
        JsonValueKind.String => [Text(path, entry, label)],
        JsonValueKind.Array => [.. entry.EnumerateArray().Select(prompt => Text(path, prompt, label))],
        _ => throw Wrong(path, $"{entry.ValueKind} as class {label}"),
    };

    private static string Text(string path, JsonElement prompt, int label)
    {
        if (prompt.ValueKind != JsonValueKind.String)
        {
            throw Wrong(path, $"{prompt.ValueKind} among the prompts of class {label}");
        }

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
