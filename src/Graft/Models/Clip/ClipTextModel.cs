using Graft.Models.Blocks;
using Graft.Text;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.Clip;

/// <summary>CLIP's text tower (arXiv:2103.00020): a causal transformer whose state at the end of the text is its embedding.</summary>
/// <remarks>Weight names are those of Hugging Face's <c>CLIPTextModelWithProjection</c>.</remarks>
public sealed class ClipTextModel : Module
{
    private readonly ClipTextTransformer _transformer;
    private readonly Linear _projection;

    /// <summary>Creates the encoder with random weights.</summary>
    public ClipTextModel(ClipTextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _transformer = Add("text_model", new ClipTextTransformer(options));
        _projection = Add("text_projection", new Linear(options.Width, options.ProjectionWidth, bias: false));
    }

    /// <summary>Sizes of the encoder.</summary>
    public ClipTextOptions Options { get; }

    /// <summary>Embeds prompts.</summary>
    /// <param name="tokens">N prompts of at most 77 ids; padding on the right has no influence, because no position looks ahead.</param>
    /// <returns>N×projection, of any length; see <see cref="Tensor.ToUnitLength"/>.</returns>
    public Tensor Forward(TokenTable tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        using TensorScope scope = TensorScope.Begin();
        Tensor states = HiddenStates(Tensor.From(tokens.Ids, tokens.Rows, tokens.Columns));       // N×L×width
        Tensor rows = states.Reshape(-1, Options.Width).IndexSelect(0, Tensor.From(EndPositions(tokens), tokens.Rows));
        return scope.Keep(_projection.Forward(rows));
    }

    /// <summary>The final states of all positions.</summary>
    /// <param name="ids">N×L ids.</param>
    /// <returns>N×L×width.</returns>
    public Tensor HiddenStates(Tensor ids) => _transformer.Forward(ids);

    /// <summary>Where each prompt ends, in the flattened table: at its largest id, the first one when padding repeats it.</summary>
    private static long[] EndPositions(TokenTable tokens)
    {
        long[] positions = new long[tokens.Rows];
        for (int row = 0; row < tokens.Rows; row++)
        {
            ReadOnlySpan<long> ids = tokens.Ids.AsSpan(row * tokens.Columns, tokens.Columns);
            int end = 0;
            for (int column = 1; column < ids.Length; column++)
            {
                if (ids[column] > ids[end])
                {
                    end = column;
                }
            }

            positions[row] = row * tokens.Columns + end;
        }

        return positions;
    }
}

/// <summary>Embeddings, layers and the final normalisation: N×L ids to N×L×width.</summary>
internal sealed class ClipTextTransformer : Layer
{
    private readonly ClipTextEmbeddings _embeddings;
    private readonly ModuleList<ClipTextLayer> _layers;
    private readonly LayerNorm _finalNorm;

    public ClipTextTransformer(ClipTextOptions options)
    {
        _embeddings = Add("embeddings", new ClipTextEmbeddings(options));
        _layers = Add("encoder", new Container()).Add("layers", new ModuleList<ClipTextLayer>(
            Enumerable.Range(0, options.Layers).Select(_ => new ClipTextLayer(options))));
        _finalNorm = Add("final_layer_norm", new LayerNorm(options.Width, options.Epsilon));
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor x = _embeddings.Forward(input);                                        // N×L×width
        Tensor mask = HeadedAttention.CausalMask(input.Size(1)).To(x.DType).To(x.Device);             // L×L, −∞ above the diagonal
        for (int i = 0; i < _layers.Count; i++)
        {
            x = _layers[i].Forward(x, mask);
        }

        return _finalNorm.Forward(x);
    }
}

/// <summary>Token vectors plus learned position vectors: N×L ids to N×L×width.</summary>
internal sealed class ClipTextEmbeddings : Layer
{
    private readonly Embedding _tokens;
    private readonly Embedding _positions;

    public ClipTextEmbeddings(ClipTextOptions options)
    {
        _tokens = Add("token_embedding", new Embedding(options.VocabularySize, options.Width));
        _positions = Add("position_embedding", new Embedding(options.Positions, options.Width));
    }

    protected override Tensor Run(Tensor input)
    {
        long length = input.Size(1), longest = _positions.Weight.Value.Size(0);
        if (length > longest)
        {
            throw new GraftException(Failure.Data, $"A prompt has {length} tokens; the text encoder has {longest} positions.", "Shorten the prompt.");
        }

        return _tokens.Forward(input) + _positions.Weight.Value.Narrow(0, 0, length);
    }
}

/// <summary>x + attention(norm x), then x + perceptron(norm x).</summary>
internal sealed class ClipTextLayer : TensorModule
{
    private readonly LayerNorm _norm1;
    private readonly SelfAttention _attention;
    private readonly LayerNorm _norm2;
    private readonly Mlp _mlp;

    public ClipTextLayer(ClipTextOptions options)
    {
        _attention = Add("self_attn", new SelfAttention(options.Width, options.Heads));
        _norm1 = Add("layer_norm1", new LayerNorm(options.Width, options.Epsilon));
        _mlp = Add("mlp", new Mlp(options.Width, options.MlpWidth, options.QuickGelu ? x => x * (x * 1.702).Sigmoid() : x => x.Gelu()));
        _norm2 = Add("layer_norm2", new LayerNorm(options.Width, options.Epsilon));
    }

    public Tensor Forward(Tensor x, Tensor mask)
    {
        ModuleRun run = Enter();
        x += _attention.Forward(_norm1.Forward(x), mask);
        return run.Leave(x + _mlp.Forward(_norm2.Forward(x)));
    }
}
