using System.Globalization;
using System.Text.Json;
using Graft.Files;

namespace Graft.Text;

/// <summary>Reads the JSON files of Hugging Face tokenizers.</summary>
internal static class TokenizerJson
{
    private const long MaxBytes = 256L << 20;

    /// <summary>Reads a <c>tokenizer.json</c>; anything unsupported that would change the ids is refused by name.</summary>
    public static TokenizerParts Read(string path) => Load(path, root => Read(path, root));

    /// <summary>Reads a JSON file of a tokenizer; every error names the file.</summary>
    public static T Load<T>(string path, Func<JsonElement, T> read)
        => JsonText.Parse(path, TextFile.ReadBytes(path, "a tokenizer file", Failure.Model, MaxBytes), "a tokenizer file", Failure.Model, read);

    private static TokenizerParts Read(string path, JsonElement root)
    {
        JsonElement model = Member(path, root, "model", JsonValueKind.Object);
        if (model.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.GetString() != "BPE")
        {
            throw Refuse(path, $"the model type \"{type}\"", "BPE");
        }

        foreach (string option in (string[])["byte_fallback", "ignore_merges"])
        {
            if (model.TryGetProperty(option, out JsonElement on) && on.ValueKind == JsonValueKind.True)
            {
                throw Refuse(path, $"the option {option}", "false");
            }
        }

        if (Text(model, "continuing_subword_prefix") is { Length: > 0 } prefix)
        {
            throw Refuse(path, $"the continuing_subword_prefix \"{prefix}\"", "none");
        }

        List<AddedToken> added = new();
        if (root.TryGetProperty("added_tokens", out JsonElement tokens) && tokens.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement token in tokens.EnumerateArray())
            {
                added.Add(Added(path, token, Integer(path, token, "id")));
            }
        }

        return new TokenizerParts
        {
            Source = path,
            Vocabulary = Vocabulary(path, Member(path, model, "vocab", JsonValueKind.Object)),
            Merges = Merges(path, Member(path, model, "merges", JsonValueKind.Array)),
            Added = added,
            EndOfWord = Text(model, "end_of_word_suffix") ?? "",
            SplitExpression = root.TryGetProperty("pre_tokenizer", out JsonElement splitter) ? SplitExpression(path, splitter) : null,
            NormalizesToC = !root.TryGetProperty("normalizer", out JsonElement normalizer) || NormalizesToC(path, normalizer),
        };
    }

    /// <summary>The added tokens of a <c>tokenizer_config.json</c>; none when the file is absent.</summary>
    public static List<AddedToken> AddedTokensOfConfig(string path)
    {
        return File.Exists(path) ? Load(path, root => AddedTokens(path, root)) : [];
    }

    private static List<AddedToken> AddedTokens(string path, JsonElement root)
    {
        List<AddedToken> added = new();
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("added_tokens_decoder", out JsonElement decoder) || decoder.ValueKind != JsonValueKind.Object)
        {
            return added;
        }

        foreach (JsonProperty token in decoder.EnumerateObject())
        {
            if (!int.TryParse(token.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                throw new GraftException(Failure.Model, $"{path}: added_tokens_decoder has the key \"{Printable.Name(token.Name)}\"; expected an id.");
            }

            added.Add(Added(path, token.Value, id));
        }

        return added;
    }

    /// <summary>Reads a map from token to id.</summary>
    public static Dictionary<string, int> Vocabulary(string path, JsonElement map)
    {
        if (map.ValueKind != JsonValueKind.Object)
        {
            throw new GraftException(Failure.Model, $"{path}: a vocabulary is a JSON object of token: id; found {map.ValueKind}.");
        }

        Dictionary<string, int> vocabulary = new(StringComparer.Ordinal);
        foreach (JsonProperty token in map.EnumerateObject())
        {
            if (token.Value.ValueKind != JsonValueKind.Number || !token.Value.TryGetInt32(out int id) || id < 0)
            {
                throw new GraftException(Failure.Model, $"{path}: the token \"{Printable.Name(token.Name)}\" has the id {Printable.Name(token.Value.ToString())}; expected a whole number.");
            }

            if (!vocabulary.TryAdd(token.Name, id))
            {
                throw new GraftException(Failure.Model, $"{path}: the token \"{Printable.Name(token.Name)}\" is listed twice.");
            }
        }

        return vocabulary;
    }

    private static List<(string Left, string Right)> Merges(string path, JsonElement list)
    {
        List<(string, string)> merges = new(list.GetArrayLength());
        foreach (JsonElement item in list.EnumerateArray())
        {
            string[]? pair = item.ValueKind switch
            {
                JsonValueKind.String => item.GetString()!.Split(' '),
                JsonValueKind.Array => [.. item.EnumerateArray().Select(part => part.ValueKind == JsonValueKind.String ? part.GetString()! : "")],
                _ => null,
            };
            if (pair is not [{ Length: > 0 } left, { Length: > 0 } right])
            {
                throw new GraftException(Failure.Model, $"{path}: merge {merges.Count} is {Printable.Name(item.ToString())}; expected \"left right\" or [\"left\", \"right\"].");
            }

            merges.Add((left, right));
        }

        return merges;
    }

    private static AddedToken Added(string path, JsonElement token, int id)
        => new(id, Text(token, "content") ?? throw new GraftException(Failure.Model, $"{path}: the added token {id} has no content."),
            Flag(token, "special"), Flag(token, "lstrip"), Flag(token, "rstrip"), Flag(token, "single_word"));

    private static string? SplitExpression(string path, JsonElement splitter)
    {
        foreach (JsonElement step in Steps(splitter, "pretokenizers"))
        {
            string kind = Text(step, "type") ?? "";
            if (kind is not ("Split" or "ByteLevel"))
            {
                throw Refuse(path, $"the pre-tokenizer \"{kind}\"", "Split and ByteLevel");
            }

            if (kind == "ByteLevel" && Flag(step, "add_prefix_space"))
            {
                throw Refuse(path, "add_prefix_space", "false");
            }

            if (kind == "Split" && step.TryGetProperty("pattern", out JsonElement pattern) && Text(pattern, "Regex") is { } expression)
            {
                return expression;
            }
        }

        return null;
    }

    private static bool NormalizesToC(string path, JsonElement normalizer)
    {
        bool found = false;
        foreach (JsonElement step in Steps(normalizer, "normalizers"))
        {
            string kind = Text(step, "type") ?? "";
            if (kind is not ("NFC" or "Replace" or "Lowercase"))
            {
                throw Refuse(path, $"the normalizer \"{kind}\"", "NFC (and, for CLIP, Replace and Lowercase)");
            }

            found |= kind == "NFC";
        }

        return found;
    }

    private static JsonElement[] Steps(JsonElement step, string list) => step.ValueKind != JsonValueKind.Object ? []
        : Text(step, "type") == "Sequence" && step.TryGetProperty(list, out JsonElement steps) && steps.ValueKind == JsonValueKind.Array
            ? [.. steps.EnumerateArray()]
            : [step];

    private static JsonElement Member(string path, JsonElement owner, string name, JsonValueKind kind)
        => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement member) && member.ValueKind == kind
            ? member
            : throw new GraftException(Failure.Model, $"{path}: the member \"{name}\" ({kind}) is missing; is this a tokenizer.json?");

    private static int Integer(string path, JsonElement owner, string name)
        => Member(path, owner, name, JsonValueKind.Number).TryGetInt32(out int value) && value >= 0
            ? value
            : throw new GraftException(Failure.Model, $"{path}: \"{name}\" is not a whole number.");

    private static string? Text(JsonElement owner, string name)
        => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;

    private static bool Flag(JsonElement owner, string name)
        => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;

    private static GraftException Refuse(string path, string found, string supported)
        => new(Failure.Model, $"{path}: {Printable.Name(found)} is not supported; supported: {supported}.",
            "Encoding would give other ids than the model was trained with.");
}
