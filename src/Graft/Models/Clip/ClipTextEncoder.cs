using Graft.Files;
using Graft.Runtime;
using Graft.Text;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Models.Clip;

/// <summary>CLIP's text encoder with its tokenizer (arXiv:2103.00020): prompts to unit vectors.</summary>
public sealed class ClipTextEncoder : ITextEncoder
{
    private const int BatchSize = 64, HeadWidth = 64;
    private const string TokenTableName = "text_model.embeddings.token_embedding.weight";

    private readonly Lazy<string> _hash;

    /// <summary>Combines a text encoder and its tokenizer.</summary>
    public ClipTextEncoder(ClipTextModel model, ClipTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokenizer.VocabularySize > model.Options.VocabularySize)
        {
            throw new GraftException(Failure.Model,
                $"The tokenizer has {tokenizer.VocabularySize} ids, the text encoder's table {model.Options.VocabularySize} rows; they do not belong together.");
        }

        (Model, Tokenizer) = (model, tokenizer);
        _hash = new Lazy<string>(() => HashOf(model));
    }

    /// <summary>The text encoder.</summary>
    public ClipTextModel Model { get; }

    /// <summary>The tokenizer.</summary>
    public ClipTokenizer Tokenizer { get; }

    /// <summary>Length of an embedding.</summary>
    public int Width => Model.Options.ProjectionWidth;

    /// <summary>SHA-256 of the encoder's names and weights.</summary>
    public string ModelHash => _hash.Value;

    /// <inheritdoc/>
    public TextEncoderId Id => new("clip", ModelHash, Width);

    /// <summary>How the tensors of the file were used when the encoder was loaded.</summary>
    public LoadReport? Report { get; private init; }

    /// <summary>Loads a Hugging Face CLIP folder, or the text part of a YOLO-World checkpoint.</summary>
    /// <param name="path">A folder with <c>config.json</c> and weights, or a weight file.</param>
    /// <param name="vocabulary">Folder or file of the tokenizer; by default where the weights are.</param>
    public static ClipTextEncoder Load(string path, string? vocabulary = null)
    {
        bool isFolder = Directory.Exists(path);
        string weights = isFolder ? WeightFile.InFolder(path) : path;
        using WeightFile file = WeightFile.Open(weights);
        WeightEntry table = file.Entries.FirstOrDefault(entry => entry.Name.EndsWith(TokenTableName, StringComparison.Ordinal))
            ?? throw new GraftException(Failure.Model,
                $"{weights}: there is no text encoder in this file (no tensor ends in {TokenTableName}).",
                "Re-parameterised checkpoints are saved without it; use the original checkpoint or a CLIP folder to embed new prompts.");

        ClipTokenizer tokenizer = TokenizerBeside(vocabulary ?? (isFolder ? path : Path.GetDirectoryName(Path.GetFullPath(path))!), vocabulary is not null);
        string prefix = table.Name[..^TokenTableName.Length];
        ClipTextOptions options = isFolder ? ClipTextOptions.Load(Path.Combine(path, "config.json")) : SizesOf(file, prefix, table);
        ClipTextModel model = new(options);
        try
        {
            LoadReport report = model.LoadWeights(file, TextPart(prefix));
            model.Freeze();
            return new ClipTextEncoder(model, tokenizer) { Report = report };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Reading(string prompt) => string.Join(' ', Tokenizer.Encode(prompt));

    /// <inheritdoc/>
    public float[] Embed(IReadOnlyList<string> prompts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        float[] rows = new float[prompts.Count * Width];
        (int[] Ids, int Place)[] tokens = [.. prompts.Select((prompt, place) => (Ids: Tokenizer.Encode(prompt), Place: place)).OrderBy(text => text.Ids.Length)];
        foreach ((int[] Ids, int Place)[] batch in tokens.Chunk(BatchSize))          // equal lengths need no padding
        {
            cancellation.ThrowIfCancellationRequested();
            float[] encoded = Encode(TokenTable.Pad([.. batch.Select(text => text.Ids)], Tokenizer.EndId));
            for (int i = 0; i < batch.Length; i++)
            {
                encoded.AsSpan(i * Width, Width).CopyTo(rows.AsSpan(batch[i].Place * Width));
            }
        }

        return rows;
    }

    /// <inheritdoc/>
    public string? Remark(string prompt) => null;

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    private float[] Encode(TokenTable tokens)
    {
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        return Model.Forward(tokens).ToUnitLength(-1).ToSingles();
    }

    private static NameMap TextPart(string prefix) => new()
    {
        [prefix + "text_model.embeddings.position_ids"] = NameMap.Computed,
        [prefix + "text_model.*"] = "text_model.*",
        [prefix + "text_projection.*"] = "text_projection.*",
        ["*"] = NameMap.Drop("not the text encoder"),
    };

    private static ClipTextOptions SizesOf(WeightFile file, string prefix, WeightEntry table)
    {
        int width = (int)table.Shape[1];
        string layers = prefix + "text_model.encoder.layers.";
        return new ClipTextOptions
        {
            VocabularySize = (int)table.Shape[0],
            Width = width,
            Heads = Math.Max(1, width / HeadWidth),                    // every published CLIP has heads of width 64
            Positions = (int)file[prefix + "text_model.embeddings.position_embedding.weight"].Shape[0],
            Layers = file.Entries.Where(e => e.Name.StartsWith(layers, StringComparison.Ordinal))
                .Select(e => e.Name[layers.Length..].Split('.')[0]).Distinct().Count(),
            MlpWidth = (int)file[layers + "0.mlp.fc1.weight"].Shape[0],
            ProjectionWidth = (int)file[prefix + "text_projection.weight"].Shape[0],
        };
    }

    /// <summary>Whether a weight file holds a text encoder.</summary>
    public static bool IsIn(WeightFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Entries.Any(entry => entry.Name.EndsWith(TokenTableName, StringComparison.Ordinal));
    }

    private static ClipTokenizer TokenizerBeside(string place, bool named)
    {
        try
        {
            return ClipTokenizer.Load(place);
        }
        catch (GraftException error) when (!named)
        {
            throw new GraftException(Failure.Model, error.Message, "Name the folder with CLIP's vocab.json and merges.txt.", error);
        }
    }

    private static string HashOf(ClipTextModel model)
        => StateHash.Of(model.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value)), StateHashHeading.Name);
}
