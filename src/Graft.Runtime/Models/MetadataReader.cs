using System.Globalization;
using System.Text.Json;

namespace Graft.Runtime.Models;

/// <summary>Reads typed values from the metadata of one model file and names the key in every error.</summary>
internal sealed class MetadataReader(string file, IReadOnlyDictionary<string, string> metadata)
{
    /// <summary>Prefix of the keys that Graft's exporter writes.</summary>
    public const string Prefix = "x-graft-";

    /// <summary>The newest layout of those keys that this version reads.</summary>
    public const int Format = 1;

    /// <summary>Whether Graft's exporter wrote the file.</summary>
    public bool IsOurs { get; } = metadata.ContainsKey(Prefix + "format");

    /// <summary>What was assumed so far.</summary>
    public List<string> Assumptions { get; } = [];

    /// <summary>The value of a key as it is; null where it is missing.</summary>
    public string? Text(string key) => metadata.TryGetValue(key, out string? value) && value.Length > 0 ? value : null;

    /// <summary>Refuses files that a newer version wrote.</summary>
    public void CheckFormat()
    {
        if (!IsOurs)
        {
            return;
        }

        string text = metadata[Prefix + "format"];
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int format) || format < 1)
        {
            throw Wrong("format", $"is '{text}'; a whole number from 1 is expected");
        }

        if (format > Format)
        {
            throw new OnnxDetectorException(
                FailureKind.Model, $"{file}: its metadata has format {format}; this version of Graft.Runtime reads up to {Format}.", "Update Graft.Runtime.");
        }
    }

    /// <summary>A JSON object among Graft's keys; null where it is missing.</summary>
    public JsonElement? Json(string key, JsonValueKind kind)
    {
        if (Text(Prefix + key) is not string text)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == kind
                ? document.RootElement.Clone()
                : throw Wrong(key, $"is JSON of kind {document.RootElement.ValueKind}; {kind} is expected");
        }
        catch (JsonException error)
        {
            throw Wrong(key, $"is not JSON: {error.Message}", error);
        }
    }

    /// <summary>A number of an object; the fallback where object or property are missing.</summary>
    public double Number(JsonElement? parent, string key, string property, double fallback, double least, double most)
    {
        if (Property(parent, property) is not JsonElement value)
        {
            return fallback;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= least && number <= most
            ? number
            : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"has \"{property}\": {value.GetRawText()}; a number from {least} to {most} is expected"));
    }

    /// <summary>A whole number of an object; the fallback where object or property are missing.</summary>
    public int Integer(JsonElement? parent, string key, string property, int fallback, int least, int most)
    {
        double number = Number(parent, key, property, fallback, least, most);
        return number == Math.Floor(number) ? (int)number : throw Wrong(key, $"has \"{property}\": {number}; a whole number is expected");
    }

    /// <summary>A truth value of an object; the fallback where object or property are missing.</summary>
    public bool Flag(JsonElement? parent, string key, string property, bool fallback) => Property(parent, property) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        JsonElement other => throw Wrong(key, $"has \"{property}\": {other.GetRawText()}; true or false is expected"),
    };

    /// <summary>A text of an object; null where object or property are missing.</summary>
    public string? String(JsonElement? parent, string key, string property) => Property(parent, property) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        JsonElement other => throw Wrong(key, $"has \"{property}\": {other.GetRawText()}; a text is expected"),
    };

    /// <summary>A list of texts; null where it is missing.</summary>
    public string[]? Strings(JsonElement? list, string key)
        => list is not JsonElement found ? null : [.. found.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String
            ? item.GetString()!
            : throw Wrong(key, $"holds {item.GetRawText()}; texts are expected"))];

    /// <summary>An error about one of Graft's keys.</summary>
    public OnnxDetectorException Wrong(string key, string problem, Exception? inner = null)
        => new(FailureKind.Model, $"{file}: the metadata key {Prefix}{key} {problem}.", "Export the model again.", inner);

    private static JsonElement? Property(JsonElement? parent, string property)
        => parent is JsonElement found && found.TryGetProperty(property, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
