using System.Text.Json;
using Graft.Files;

namespace Graft.Peft;

/// <summary>Typed access to the fields of a configuration, with messages that name file, field and value.</summary>
internal sealed class PeftFields(string path, JsonElement root)
{
    private const int LargestRank = 1 << 20;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Fields that were never read.</summary>
    internal IEnumerable<string> Unread => root.EnumerateObject().Select(entry => entry.Name).Where(name => !_read.Contains(name));

    internal GraftException Wrong(string name, string found)
        => PeftConfigReader.Broken(path, $"{name} is {found}.", "Only LoRA adapters as the PEFT library saves them can be read.");

    /// <summary>Whether a field holds anything but null, false, or an empty list or object.</summary>
    internal bool IsSet(string name) => Get(name) is { } value && value.ValueKind switch
    {
        JsonValueKind.False => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };

    internal string? Text(string name) => Get(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, Shown(value));

    internal bool Truth(string name) => Get(name) is { } value && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, Shown(value)),
    };

    internal double Real(string name, double otherwise) => Get(name) is { } value ? RealOf(name, value) : otherwise;

    internal double RealOf(string name, JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number : throw Wrong(name, $"{Shown(value)}, a finite number is expected");

    internal int Rank(string name, int otherwise) => Get(name) is { } value ? RankOf(name, value) : otherwise;

    internal int RankOf(string name, JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int rank) && rank is > 0 and <= LargestRank
            ? rank : throw Wrong(name, $"{Shown(value)}, a rank of at least 1 is expected");

    internal PeftBias Bias() => Text("bias") switch
    {
        null or "none" => PeftBias.None,
        "all" => PeftBias.All,
        "lora_only" => PeftBias.LoraOnly,
        string other => throw Wrong("bias", $"{Printable.Quoted(other)}; none, all and lora_only are known"),
    };

    /// <summary>The value of init_lora_weights as text.</summary>
    internal string Initialization() => Get("init_lora_weights") is not { } value ? "true"
        : value.ValueKind == JsonValueKind.String ? value.GetString()! : value.ValueKind == JsonValueKind.False ? "false" : "true";

    /// <summary>A text or a list of texts; empty when null.</summary>
    internal IReadOnlyList<string> Texts(string name)
    {
        if (Get(name) is not { } value)
        {
            return [];
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array => [.. value.EnumerateArray().Select(item
                => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(name, $"a list that holds {Shown(item)}"))],
            _ => throw Wrong(name, Shown(value)),
        };
    }

    /// <summary>A list of names, or one regular expression.</summary>
    internal PeftTargets Targets(string name)
    {
        if (Get(name) is not { ValueKind: JsonValueKind.String } text)
        {
            return new PeftTargets { Names = Texts(name) };
        }

        PeftPattern.Check(text.GetString()!);
        return new PeftTargets { Pattern = text.GetString() };
    }

    /// <summary>One number or a list of numbers; null when absent or empty.</summary>
    internal IReadOnlyList<long>? Layers(string name)
    {
        if (Get(name) is not { } value)
        {
            return null;
        }

        IEnumerable<JsonElement> items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        List<long> numbers = [.. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long number)
            ? number : throw Wrong(name, $"{Shown(item)}, layer numbers are expected"))];
        return numbers.Count == 0 ? null : numbers;
    }

    /// <summary>A map of regular expressions to values, in order.</summary>
    internal IReadOnlyList<KeyValuePair<string, T>> Patterns<T>(string name, Func<string, JsonElement, T> read)
    {
        if (Get(name) is not { } value)
        {
            return [];
        }

        List<KeyValuePair<string, T>> patterns = new();
        foreach (JsonProperty entry in value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw Wrong(name, Shown(value)))
        {
            PeftPattern.Check(entry.Name);
            patterns.Add(new(entry.Name, read(name, entry.Value)));
        }

        return patterns;
    }

    private static string Shown(JsonElement value) => Printable.Name(value.GetRawText(), 60);

    private JsonElement? Get(string name)
    {
        _read.Add(name);
        return root.TryGetProperty(name, out JsonElement value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
            ? value : null;
    }
}
