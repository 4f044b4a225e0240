using System.Text.Json;
using System.Text.Json.Nodes;
using Graft.Files;

namespace Graft.VisionLanguage;

/// <summary>Reads a model's sizes from the JSON file beside its checkpoint.</summary>
internal static class PanoramaConfig
{
    public const string FileName = "model_config.json";
    public static PanoramaVlmOptions Read(string path)
    {
        return JsonText.Read(path, "the sizes of a PanoramaVLM", Failure.Model, root =>
        {
            JsonElement config = root.TryGetProperty("config", out JsonElement inner) ? inner : root;
            JsonElement hyper = root.TryGetProperty("hyper_parameters", out JsonElement found) ? found : default;
            JsonElement vision = Member(config, "vision");
            PanoramaVlmOptions defaults = new();
            return new PanoramaVlmOptions
            {
                Vision = new SiglipOptions
                {
                    Width = Size(vision, "hidden"),
                    MlpWidth = Size(vision, "inter"),
                    Layers = Size(vision, "layers"),
                    Heads = Size(vision, "heads"),
                    Patch = Size(vision, "patch"),
                    Image = Size(vision, "image"),
                    Epsilon = Real(vision, "eps", 1e-6),
                },
                Resampler = Resampler(path, Member(config, "resampler")),
                Language = Language(Member(config, "language_model")),
                LatentWidth = Size(config, "latent_dimension"),
                VicRegWidth = Size(config, "vicreg_projector_dim", defaults.VicRegWidth),
                VisionNorm = Flag(config, "use_vicreg_norm", true),
                Overlap = Real(config, "overlap_ratio", Real(hyper, "overlap_ratio", defaults.Overlap)),
                Stitching = Stitching(path, config.TryGetProperty("stitching_mode", out JsonElement mode) ? mode.GetString() : null),
                VisionTokenId = config.TryGetProperty("vision_token_id", out JsonElement id) ? id.GetInt32() : null,
                MaxTextLength = Size(hyper, "max_text_length", defaults.MaxTextLength),
            };
        });
    }

    /// <summary>Writes the sizes in the format of <see cref="Read"/>.</summary>
    public static void Write(string path, PanoramaVlmOptions options)
    {
        JsonObject config = new JsonObject
        {
            ["vision"] = new JsonObject
            {
                ["hidden"] = options.Vision.Width,
                ["inter"] = options.Vision.MlpWidth,
                ["layers"] = options.Vision.Layers,
                ["heads"] = options.Vision.Heads,
                ["patch"] = options.Vision.Patch,
                ["image"] = options.Vision.Image,
                ["eps"] = options.Vision.Epsilon,
            },
            ["resampler"] = options.Resampler switch
            {
                QFormerOptions q => new JsonObject
                {
                    ["type"] = "qformer",
                    ["num_query"] = q.Queries,
                    ["layers"] = q.Layers,
                    ["vocab"] = q.VocabularySize,
                    ["maxpos"] = q.Positions,
                },
                MlpResamplerOptions m => new JsonObject
                {
                    ["type"] = "mlp",
                    ["hidden"] = m.HiddenWidth ?? Math.Max(options.Vision.Width, options.LatentWidth),
                    ["depth"] = m.Depth,
                },
                BiMambaOptions b => new JsonObject
                {
                    ["type"] = "bimamba",
                    ["hidden"] = b.Width,
                    ["layers"] = b.Blocks,
                    ["d_state"] = b.StateSize,
                    ["d_conv"] = b.ConvTaps,
                    ["expand"] = b.Expand,
                },
                _ => throw new ArgumentException($"There is no resampler for {options.Resampler.GetType().Name}.", nameof(options)),
            },
            ["language_model"] = new JsonObject
            {
                ["hidden"] = options.Language.Width,
                ["inter"] = options.Language.MlpWidth,
                ["layers"] = options.Language.Layers,
                ["heads"] = options.Language.Heads,
                ["kv_heads"] = options.Language.KeyHeads,
                ["head_dim"] = options.Language.HeadWidth,
                ["vocab"] = options.Language.VocabularySize,
                ["eps"] = options.Language.Epsilon,
                ["theta"] = options.Language.RopeTheta,
                ["tie"] = options.Language.TiedHead,
                ["qkv_bias"] = options.Language.QueryKeyValueBias,
                ["qk_norm"] = options.Language.QueryKeyNorm,
            },
            ["latent_dimension"] = options.LatentWidth,
            ["vicreg_projector_dim"] = options.VicRegWidth,
            ["use_vicreg_norm"] = options.VisionNorm,
            ["overlap_ratio"] = options.Overlap,
            ["stitching_mode"] = options.Stitching switch { StitchingMode.Concat => "concat", StitchingMode.Resample => "resample", _ => "drop_overlap" },
        };
        if (options.VisionTokenId is { } id)
        {
            config["vision_token_id"] = id;
        }

        JsonObject root = new JsonObject { ["config"] = config, ["hyper_parameters"] = new JsonObject { ["max_text_length"] = options.MaxTextLength } };
        AtomicFile.WriteText(path, root.ToJsonString(JsonStyles.IndentedAscii) + "\n");
    }

    /// <summary>Sizes of a language model from Hugging Face's <c>config.json</c>.</summary>
    public static QwenOptions ReadQwen(string path)
    {
        return JsonText.Read(path, "the config.json of a Qwen model", Failure.Model, root =>
        {
            string kind = Member(root, "model_type").GetString() ?? "";
            if (kind is not ("qwen2" or "qwen3"))
            {
                throw new GraftException(Failure.Model, $"{path}: model_type is \"{kind}\"; supported are qwen2 and qwen3.");
            }

            int width = Size(root, "hidden_size"), heads = Size(root, "num_attention_heads");
            return new QwenOptions
            {
                VocabularySize = Size(root, "vocab_size"),
                Width = width,
                MlpWidth = Size(root, "intermediate_size"),
                Layers = Size(root, "num_hidden_layers"),
                Heads = heads,
                KeyHeads = Size(root, "num_key_value_heads", heads),
                HeadWidth = Size(root, "head_dim", width / heads),
                Epsilon = Real(root, "rms_norm_eps", 1e-6),
                RopeTheta = Real(root, "rope_theta", 1e6),
                TiedHead = Flag(root, "tie_word_embeddings", false),
                QueryKeyValueBias = Flag(root, "attention_bias", kind == "qwen2"),
                QueryKeyNorm = kind == "qwen3",
            };
        });
    }

    public static StitchingMode Stitching(string source, string? name) => name switch
    {
        null or "drop_overlap" => StitchingMode.DropOverlap,
        "concat" => StitchingMode.Concat,
        "resample" => StitchingMode.Resample,
        _ => throw new GraftException(Failure.Usage, $"{source}: stitching_mode is \"{name}\"; expected concat, drop_overlap or resample."),
    };

    private static QwenOptions Language(JsonElement owner) => new()
    {
        VocabularySize = Size(owner, "vocab"),
        Width = Size(owner, "hidden"),
        MlpWidth = Size(owner, "inter"),
        Layers = Size(owner, "layers"),
        Heads = Size(owner, "heads"),
        KeyHeads = Size(owner, "kv_heads"),
        HeadWidth = Size(owner, "head_dim"),
        Epsilon = Real(owner, "eps", 1e-6),
        RopeTheta = Real(owner, "theta", 1e6),
        TiedHead = Flag(owner, "tie", true),
        QueryKeyValueBias = Flag(owner, "qkv_bias", false),
        QueryKeyNorm = Flag(owner, "qk_norm", true),
    };

    private static ResamplerOptions Resampler(string path, JsonElement owner) => Member(owner, "type").GetString() switch
    {
        "qformer" => new QFormerOptions
        {
            Queries = Size(owner, "num_query"),
            Layers = Size(owner, "layers"),
            VocabularySize = Size(owner, "vocab", 30_522),
            Positions = Size(owner, "maxpos", 512),
        },
        "mlp" => new MlpResamplerOptions { HiddenWidth = Size(owner, "hidden"), Depth = Size(owner, "depth", 3) },
        "bimamba" => new BiMambaOptions
        {
            Width = Size(owner, "hidden"),
            Blocks = Size(owner, "layers"),
            StateSize = Size(owner, "d_state", 64),
            ConvTaps = Size(owner, "d_conv", 4),
            Expand = Real(owner, "expand", 1.75),
        },
        var other => throw new GraftException(Failure.Model, $"{path}: the resampler is \"{other}\"; known are qformer, mlp and bimamba."),
    };

    private static JsonElement Member(JsonElement owner, string name)
        => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement member)
            ? member
            : throw new KeyNotFoundException($"\"{name}\" is missing");

    private static int Size(JsonElement owner, string name, int? otherwise = null)
    {
        if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(name, out JsonElement member))
        {
            return otherwise ?? throw new KeyNotFoundException($"\"{name}\" is missing");
        }

        int value = member.GetInt32();
        return value is > 0 and < 10_000_000 ? value : throw new FormatException($"\"{name}\" is {value}");
    }

    private static double Real(JsonElement owner, string name, double otherwise)
        => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement member) ? member.GetDouble() : otherwise;

    private static bool Flag(JsonElement owner, string name, bool otherwise)
        => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement member) ? member.GetBoolean() : otherwise;
}
