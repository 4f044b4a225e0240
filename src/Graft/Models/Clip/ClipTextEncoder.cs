using Graft.Files;
using Graft.Text;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Models.Clip;

/// <summary>Embeds prompts as unit vectors: tokenizer, text encoder and cache together.</summary>
public sealed class ClipTextEncoder : IDisposable
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

    /// <summary>Embeds the classes of a prompt set.</summary>
    /// <param name="prompts">The classes.</param>
    /// <param name="synonyms">What to do with several prompts of one class.</param>
    /// <param name="cache">Where embeddings are cached; null: nowhere.</param>
    /// <param name="progress">Receives encoded and total prompts after each batch.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public PromptEmbeddings Embed(PromptSet prompts, SynonymUse synonyms = SynonymUse.Average, EmbeddingCache? cache = null,
        Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        List<IReadOnlyList<string>> classes = [.. prompts.Classes.Select(c => synonyms == SynonymUse.First ? [c[0]] : c)];
        Dictionary<string, int[]> wanted = [];
        Dictionary<string, string> keys = new(StringComparer.Ordinal);
        foreach (string prompt in classes.SelectMany(c => c).Distinct())
        {
            int[] ids = Tokenizer.Encode(prompt);
            wanted.TryAdd(keys[prompt] = EmbeddingCache.KeyOf(ids), ids);
        }

        Dictionary<string, float[]> known = Encode(wanted, cache, progress, cancellation);
        float[] values = [.. classes.SelectMany(c => UnitMean([.. c.Select(prompt => known[keys[prompt]])]))];
        return new PromptEmbeddings(values, Width, classes) { ModelHash = ModelHash };
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    private Dictionary<string, float[]> Encode(
        Dictionary<string, int[]> wanted, EmbeddingCache? cache, Action<int, int>? progress, CancellationToken cancellation)
    {
        Dictionary<string, float[]> known = cache?.Read(ModelHash, Width) ?? [];
        KeyValuePair<string, int[]>[] missing = [.. wanted.Where(w => !known.ContainsKey(w.Key)).OrderBy(w => w.Value.Length)];   // equal lengths need no padding
        int done = wanted.Count - missing.Length;
        progress?.Invoke(done, wanted.Count);
        foreach (KeyValuePair<string, int[]>[] batch in missing.Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            float[] rows = Encode(TokenTable.Pad([.. batch.Select(b => b.Value)], Tokenizer.EndId));
            for (int i = 0; i < batch.Length; i++)
            {
                known[batch[i].Key] = rows[(i * Width)..((i + 1) * Width)];
            }

            progress?.Invoke(done += batch.Length, wanted.Count);
        }

        if (missing.Length > 0)
        {
            cache?.Write(ModelHash, known);
        }

        return known;
    }

    private float[] Encode(TokenTable tokens)
    {
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        return Model.Forward(tokens).ToUnitLength(-1).ToSingles();
    }

    private static IEnumerable<float> UnitMean(float[][] rows)
    {
        if (rows.Length == 1)
        {
            return rows[0];
        }

        double[] mean = [.. Enumerable.Range(0, rows[0].Length).Select(i => rows.Sum(row => (double)row[i]))];
        double length = Math.Sqrt(mean.Sum(m => m * m));
        return mean.Select(m => (float)(m / length));
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
