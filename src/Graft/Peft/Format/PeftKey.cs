namespace Graft.Peft;

/// <summary>The parts of a tensor name in PEFT's format.</summary>
/// <param name="Kind">What the tensor is.</param>
/// <param name="Module">The module that it belongs to, in the base model.</param>
/// <param name="Parameter">The parameter in that module; for LoRA tensors <c>weight</c>, or <c>bias</c> for the bias of B.</param>
/// <param name="Adapter">The adapter's name, where the key holds one.</param>
/// <param name="HasPrefix">Whether the key holds <c>base_model.model.</c></param>
/// <param name="IsEmbedding">Whether it is a LoRA matrix of an embedding.</param>
public sealed record PeftKey(PeftKeyKind Kind, string Module, string Parameter, string? Adapter, bool HasPrefix, bool IsEmbedding = false)
{
    /// <summary>The prefix that PEFT adds to the names of the model that it wraps.</summary>
    public const string Prefix = "base_model.model.";

    private static readonly string[] LoraParts = ["lora_A", "lora_B", "lora_embedding_A", "lora_embedding_B", "lora_magnitude_vector"];

    /// <summary>The plain model's name of the tensor, or of the weight that a LoRA tensor changes.</summary>
    public string PlainName => Module.Length == 0 ? Parameter : $"{Module}.{Parameter}";

    /// <summary>Parses a name. It never fails; names without any marker are plain.</summary>
    /// <param name="key">The name, without the prefixes of training wrappers.</param>
    public static PeftKey Parse(string key)
    {
        int at = key.IndexOf(Prefix, StringComparison.Ordinal);
        bool prefixed = at == 0 || (at > 0 && key[at - 1] == '.');
        string owner = prefixed ? key[..at] : "";
        string[] parts = (prefixed ? key[(at + Prefix.Length)..] : key).Split('.');
        for (int i = parts.Length - 1; i >= 1; i--)
        {
            if (Array.IndexOf(LoraParts, parts[i]) >= 0 && Lora(owner, parts, i, prefixed) is { } lora)
            {
                return lora;
            }

            PeftKeyKind kind = parts[i] switch
            {
                "modules_to_save" => PeftKeyKind.Replacement,
                "original_module" => PeftKeyKind.Original,
                "base_layer" => PeftKeyKind.BaseLayer,
                _ => PeftKeyKind.Plain,
            };
            int skip = kind == PeftKeyKind.Replacement ? 2 : 1;
            if (kind != PeftKeyKind.Plain && parts.Length > i + skip)
            {
                // The part after the marker can be a path: a module that is saved whole can have submodules.
                string below = string.Join('.', parts[(i + skip)..]);
                int last = below.LastIndexOf('.');
                string module = Join(owner, string.Join('.', parts[..i])) + (last < 0 ? "" : "." + below[..last]);
                return new PeftKey(kind, module, below[(last + 1)..], skip == 2 ? parts[i + 1] : null, prefixed);
            }
        }

        string plainModule = string.Join('.', parts[..^1]);
        return new PeftKey(PeftKeyKind.Plain, Join(owner, plainModule), parts[^1], null, prefixed);
    }

    private static PeftKey? Lora(string owner, string[] parts, int at, bool prefixed)
    {
        bool vector = parts[at] == "lora_magnitude_vector", embedding = parts[at].StartsWith("lora_embedding", StringComparison.Ordinal);
        string[] rest = parts[(at + 1)..];
        string parameter = rest.Length > 0 && rest[^1] is "weight" or "bias" ? rest[^1] : "";
        string[] adapter = parameter.Length > 0 ? rest[..^1] : rest;
        bool complete = parameter.Length > 0 || vector || embedding;
        if (!complete || adapter.Length > 1)
        {
            return null;
        }

        PeftKeyKind kind = vector ? PeftKeyKind.Magnitude
            : parts[at].EndsWith('A') ? PeftKeyKind.A : parameter == "bias" ? PeftKeyKind.BBias : PeftKeyKind.B;
        if (kind == PeftKeyKind.A && parameter == "bias")
        {
            return null;
        }

        string module = Join(owner, string.Join('.', parts[..at]));
        return new PeftKey(kind, module, parameter == "bias" ? "bias" : "weight", adapter is [var name] ? name : null, prefixed, embedding);
    }

    private static string Join(string owner, string path) => path.Length == 0 ? owner.TrimEnd('.') : owner + path;
}
