using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.VisionLanguage;

/// <summary>The Qwen2 and Qwen3 causal language model (arXiv:2407.10671, arXiv:2505.09388).</summary>
/// <remarks>Weight names are those of Hugging Face; a tied head has no separate entry.</remarks>
public sealed class QwenDecoder : TensorModule
{
    private readonly Embedding _tokens;
    private readonly ModuleList<QwenLayer> _layers;
    private readonly RmsNorm _norm;
    private readonly Linear? _head;

    /// <summary>Creates the decoder with random weights.</summary>
    public QwenDecoder(QwenOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Container model = Add("model", new Container());
        _tokens = model.Add("embed_tokens", new Embedding(options.VocabularySize, options.Width));
        _layers = model.Add("layers", new ModuleList<QwenLayer>(Enumerable.Range(0, options.Layers).Select(_ => new QwenLayer(options))));
        _norm = model.Add("norm", new RmsNorm(options.Width, options.Epsilon));
        _head = options.TiedHead ? null : Add("lm_head", new Linear(options.Width, options.VocabularySize, bias: false));
    }

    /// <summary>Its sizes.</summary>
    public QwenOptions Options { get; }

    /// <summary>The token embeddings, vocabulary×width.</summary>
    public Parameter Tokens => _tokens.Weight;

    /// <summary>The linear layers of attention and MLPs, which can have LoRA updates, with their dotted paths.</summary>
    public IEnumerable<(string Path, LoraLinear Layer)> Projections
        => Modules().Where(found => found.Module is LoraLinear).Select(found => (found.Path, (LoraLinear)found.Module));

    /// <summary>Embeds token ids.</summary>
    /// <param name="ids">B×L ids.</param>
    /// <returns>B×L×width.</returns>
    public Tensor Embed(Tensor ids) => _tokens.Forward(ids);

    /// <summary>Runs all layers.</summary>
    /// <param name="x">B×L×width embeddings of the new positions.</param>
    /// <param name="positions">B×L rotary positions, row by row.</param>
    /// <param name="mask">B×S, 0 where a key is padding; S counts the cached and the new positions. Null without padding.</param>
    /// <param name="cache">Keys and values of the previous positions; the new ones are added. Null for none.</param>
    /// <returns>B×L×width, normalised.</returns>
    public Tensor Forward(Tensor x, long[] positions, long[]? mask = null, KeyValueCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ModuleRun run = Enter();
        (int batch, int length) = ((int)x.Size(0), (int)x.Size(1));
        Rotation rotation = Rotation.Of(positions, batch, length, Options);
        Tensor? hidden = Mask(batch, length, cache?.Length ?? 0, mask);
        for (int i = 0; i < _layers.Count; i++)
        {
            x = _layers[i].Forward(x, rotation, hidden, cache, i);
        }

        cache?.Advance(length);
        return run.Leave(_norm.Forward(x));
    }

    /// <summary>Scores of every token.</summary>
    /// <param name="states">B×L×width.</param>
    /// <returns>B×L×vocabulary.</returns>
    public Tensor Logits(Tensor states)
    {
        ArgumentNullException.ThrowIfNull(states);
        return _head?.Forward(states) ?? SingleRow.Linear(states, _tokens.Weight.Value, null);
    }

    /// <summary>Mean next-token cross entropy over labels that are not −100.</summary>
    /// <param name="logits">B×L×vocabulary.</param>
    /// <param name="labels">B×L ids, row by row; −100 is ignored.</param>
    public static Tensor Loss(Tensor logits, long[] labels)
    {
        ArgumentNullException.ThrowIfNull(logits);
        (long batch, long length, long words) = (logits.Size(0), logits.Size(1), logits.Size(2));
        Tensor targets = Tensor.From(labels, batch, length).Narrow(1, 1, length - 1).Reshape(-1).To(logits.Device);
        Tensor losses = logits.Narrow(1, 0, length - 1).Reshape(-1, words).To(DType.Float).CrossEntropy(targets);
        long counted = Enumerable.Range(0, labels.Length).Count(i => i % length != 0 && labels[i] != -100);
        return losses.Sum() / Math.Max(counted, 1);
    }

    /// <summary>B×1×L×S, the smallest number where a key is ahead of the query or padding; null when every key counts.</summary>
    private static Tensor? Mask(int batch, int length, int past, long[]? padding)
    {
        int keys = past + length;
        bool padded = padding is not null && Array.IndexOf(padding, 0L) >= 0;
        if (length == 1 && !padded)
        {
            return null;
        }

        float[] mask = new float[batch * length * keys];
        for (int row = 0; row < batch * length; row++)
        {
            int lastKey = past + row % length;
            for (int key = 0; key < keys; key++)
            {
                if (key > lastKey || (padded && padding![row / length * keys + key] == 0))
                {
                    mask[row * keys + key] = float.MinValue;
                }
            }
        }

        return Tensor.From(mask, batch, 1, length, keys);
    }
}

/// <summary>Keys and values of the positions that a decoder has processed, in memory of a fixed capacity.</summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly (Tensor Keys, Tensor Values)[] _layers;

    /// <summary>Reserves memory.</summary>
    /// <param name="options">Sizes of the decoder.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="capacity">Largest number of positions per row.</param>
    public KeyValueCache(QwenOptions options, int batch, int capacity)
    {
        ArgumentNullException.ThrowIfNull(options);
        Capacity = capacity;
        long[] shape = [batch, options.KeyHeads, capacity, options.HeadWidth];
        _layers = [.. Enumerable.Range(0, options.Layers).Select(_ => (Tensor.Empty(shape).Unscoped(), Tensor.Empty(shape).Unscoped()))];
    }

    /// <summary>Largest number of positions.</summary>
    public int Capacity { get; }

    /// <summary>Number of positions so far.</summary>
    public int Length { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((Tensor keys, Tensor values) in _layers)
        {
            keys.Dispose();
            values.Dispose();
        }
    }

    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        long added = keys.Size(2), total = Length + added;
        if (total > Capacity)
        {
            throw new InvalidOperationException($"The cache holds {Capacity} positions; {total} are needed.");
        }

        (Tensor allKeys, Tensor allValues) = _layers[layer];
        allKeys.Narrow(2, Length, added).CopyFrom(keys);
        allValues.Narrow(2, Length, added).CopyFrom(values);
        return (allKeys.Narrow(2, 0, total), allValues.Narrow(2, 0, total));
    }

    internal void Advance(int positions) => Length += positions;
}

/// <summary>Cosines and sines of the rotary positions, B×1×L×head.</summary>
internal sealed record Rotation(Tensor Cosines, Tensor Sines)
{
    public static Rotation Of(long[] positions, int batch, int length, QwenOptions options)
    {
        int width = options.HeadWidth, half = width / 2;
        float[] cosines = new float[positions.Length * width], sines = new float[positions.Length * width];
        for (int i = 0; i < half; i++)
        {
            double frequency = Math.Pow(options.RopeTheta, -2.0 * i / width);
            for (int p = 0; p < positions.Length; p++)
            {
                (double sine, double cosine) = Math.SinCos(positions[p] * frequency);
                cosines[p * width + i] = cosines[p * width + half + i] = (float)cosine;
                sines[p * width + i] = sines[p * width + half + i] = (float)sine;
            }
        }

        return new Rotation(Tensor.From(cosines, batch, 1, length, width), Tensor.From(sines, batch, 1, length, width));
    }

    /// <summary>Rotates the pairs (i, i + half) of every head, B×heads×L×head.</summary>
    public Tensor Turn(Tensor x)
    {
        Tensor[] halves = x.Chunk(2, -1);
        return x * Cosines + Tensor.Cat([-halves[1], halves[0]], -1) * Sines;
    }
}

/// <summary>x/√(mean x² + ε) · weight.</summary>
internal sealed class RmsNorm : Layer
{
    private readonly double _epsilon;
    private readonly Parameter _weight;

    public RmsNorm(int width, double epsilon)
    {
        _epsilon = epsilon;
        _weight = AddParameter("weight", Tensor.Ones(width));
    }

    protected override Tensor Run(Tensor input) => input * (input.Square().Mean([-1], keep: true) + _epsilon).Rsqrt() * _weight.Value;
}

/// <summary>x + attention(norm x), then x + MLP(norm x).</summary>
internal sealed class QwenLayer : TensorModule
{
    private readonly QwenAttention _attention;
    private readonly QwenMlp _mlp;
    private readonly RmsNorm _norm1, _norm2;

    public QwenLayer(QwenOptions options)
    {
        _attention = Add("self_attn", new QwenAttention(options));
        _mlp = Add("mlp", new QwenMlp(options));
        _norm1 = Add("input_layernorm", new RmsNorm(options.Width, options.Epsilon));
        _norm2 = Add("post_attention_layernorm", new RmsNorm(options.Width, options.Epsilon));
    }

    public Tensor Forward(Tensor x, Rotation rotation, Tensor? mask, KeyValueCache? cache, int layer)
    {
        ModuleRun run = Enter();
        using TensorScope scope = TensorScope.Begin();
        x += _attention.Forward(_norm1.Forward(x), rotation, mask, cache, layer);
        Tensor result = run.Leave(x + _mlp.Forward(_norm2.Forward(x)));
        return scope.Keep(result);
    }
}

/// <summary>Grouped-query attention with rotary positions.</summary>
internal sealed class QwenAttention : TensorModule
{
    private readonly QwenOptions _options;
    private readonly LoraLinear _query, _key, _value, _output;
    private readonly RmsNorm? _queryNorm, _keyNorm;

    public QwenAttention(QwenOptions options)
    {
        _options = options;
        int queries = options.Heads * options.HeadWidth, keys = options.KeyHeads * options.HeadWidth;
        _query = Add("q_proj", new LoraLinear(options.Width, queries, options.QueryKeyValueBias));
        _key = Add("k_proj", new LoraLinear(options.Width, keys, options.QueryKeyValueBias));
        _value = Add("v_proj", new LoraLinear(options.Width, keys, options.QueryKeyValueBias));
        _output = Add("o_proj", new LoraLinear(queries, options.Width));
        if (options.QueryKeyNorm)
        {
            _queryNorm = Add("q_norm", new RmsNorm(options.HeadWidth, options.Epsilon));
            _keyNorm = Add("k_norm", new RmsNorm(options.HeadWidth, options.Epsilon));
        }
    }

    public Tensor Forward(Tensor x, Rotation rotation, Tensor? mask, KeyValueCache? cache, int layer)
    {
        ModuleRun run = Enter();
        (long batch, long length) = (x.Size(0), x.Size(1));
        int head = _options.HeadWidth, kinds = _options.KeyHeads, group = _options.Heads / kinds;
        Tensor query = rotation.Turn(Heads(_query, _queryNorm)), key = rotation.Turn(Heads(_key, _keyNorm)), value = Heads(_value, null);
        if (cache is not null)
        {
            (key, value) = cache.Append(layer, key, value);
        }

        // The queries that share a key head lie next to each other, so that one product serves them without copying keys.
        Tensor scores = (query * (1 / Math.Sqrt(head))).Reshape(batch, kinds, group * length, head).MatMul(key.Transpose(-2, -1));
        if (mask is not null)
        {
            long keys = key.Size(2);
            scores = (scores.Reshape(batch, kinds, group, length, keys) + mask.Unsqueeze(1)).Reshape(batch, kinds, group * length, keys);
        }

        Tensor mixed = scores.Softmax(-1).MatMul(value).Reshape(batch, _options.Heads, length, head);
        return run.Leave(_output.Forward(mixed.Transpose(1, 2).Reshape(batch, length, (long)_options.Heads * head)));

        Tensor Heads(LoraLinear projection, RmsNorm? norm)
        {
            Tensor split = projection.Forward(x).Reshape(batch, length, -1, head);             // B×L×heads×head
            return (norm?.Forward(split) ?? split).Transpose(1, 2);
        }
    }
}

/// <summary>down(silu(gate x) · up x).</summary>
internal sealed class QwenMlp : Layer
{
    private readonly LoraLinear _gate, _up, _down;

    public QwenMlp(QwenOptions options)
    {
        _gate = Add("gate_proj", new LoraLinear(options.Width, options.MlpWidth));
        _up = Add("up_proj", new LoraLinear(options.Width, options.MlpWidth));
        _down = Add("down_proj", new LoraLinear(options.MlpWidth, options.Width));
    }

    protected override Tensor Run(Tensor input) => _down.Forward(_gate.Forward(input).Silu() * _up.Forward(input));
}
