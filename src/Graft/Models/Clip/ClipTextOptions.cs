using System.Text.Json;
using Graft.Files;

namespace Graft.Models.Clip;

/// <summary>Sizes of a CLIP text encoder.</summary>
public sealed record ClipTextOptions
{
    /// <summary>The text encoder of ViT-B/32 (and B/16), which YOLO-World uses: 63,428,096 parameters.</summary>
    public static readonly ClipTextOptions Base = new();

    /// <summary>The text encoder of ViT-L/14: 768 wide, 123,650,304 parameters.</summary>
    public static readonly ClipTextOptions Large = new() { Width = 768, Heads = 12, MlpWidth = 3072, ProjectionWidth = 768 };

    /// <summary>Rows of the token table.</summary>
    public int VocabularySize { get; init; } = 49_408;

    /// <summary>Longest encoded prompt.</summary>
    public int Positions { get; init; } = 77;

    /// <summary>Width of the hidden states.</summary>
    public int Width { get; init; } = 512;

    /// <summary>Number of layers.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>Attention heads; must divide <see cref="Width"/>.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Hidden width of the MLPs.</summary>
    public int MlpWidth { get; init; } = 2048;

    /// <summary>Width of the text embeddings.</summary>
    public int ProjectionWidth { get; init; } = 512;

    /// <summary>Whether the MLPs use x·σ(1.702x), as OpenAI's models do, instead of the exact GELU.</summary>
    public bool QuickGelu { get; init; } = true;

    /// <summary>ε of the layer norms.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Reads the text part of a Hugging Face <c>config.json</c> of CLIP.</summary>
    public static ClipTextOptions Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new GraftException(Failure.Model, $"{path}: the file is missing.", "A CLIP folder has config.json beside its weights.");
        }

        return JsonText.Read(path, "the config.json of a CLIP model", Failure.Model, root =>
        {
            JsonElement text = root.TryGetProperty("text_config", out JsonElement inner) && inner.ValueKind == JsonValueKind.Object ? inner : root;
            int width = Integer(text, "hidden_size", Base.Width);
            string activation = text.TryGetProperty("hidden_act", out JsonElement act) ? act.GetString() ?? "" : "quick_gelu";
            if (activation is not ("quick_gelu" or "gelu"))
            {
                throw new GraftException(Failure.Model, $"{path}: hidden_act is \"{activation}\"; supported are quick_gelu and gelu.");
            }

            ClipTextOptions options = new()
            {
                VocabularySize = Integer(text, "vocab_size", Base.VocabularySize),
                Positions = Integer(text, "max_position_embeddings", Base.Positions),
                Width = width,
                Layers = Integer(text, "num_hidden_layers", Base.Layers),
                Heads = Integer(text, "num_attention_heads", Base.Heads),
                MlpWidth = Integer(text, "intermediate_size", Base.MlpWidth),
                ProjectionWidth = Integer(root, "projection_dim", Integer(text, "projection_dim", Base.ProjectionWidth)),
                QuickGelu = activation == "quick_gelu",
                Epsilon = text.TryGetProperty("layer_norm_eps", out JsonElement epsilon) ? epsilon.GetDouble() : Base.Epsilon,
            };
            return options.Width % options.Heads == 0
                ? options
                : throw new GraftException(Failure.Model, $"{path}: {options.Heads} heads do not divide the width {options.Width}.");
        });

        int Integer(JsonElement owner, string name, int otherwise)
        {
            if (!owner.TryGetProperty(name, out JsonElement member))
            {
                return otherwise;
            }

            int value = member.GetInt32();
            return value is > 0 and < 10_000_000
                ? value
                : throw new GraftException(Failure.Model, $"{path}: {name} is {value}; expected a positive size.");
        }
    }
}
