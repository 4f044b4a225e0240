using Graft.Models.Blocks;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.VisionLanguage;

/// <summary>Q-Former (arXiv:2301.12597): learned queries read the patches through a BERT decoder and become the tokens of a view.</summary>
/// <remarks>Self attention among the queries is causal, because the published model configures BERT as a decoder.</remarks>
public sealed class QFormer : Layer
{
    private const int Heads = 8;
    private const double Epsilon = 1e-12;

    private readonly Parameter _query;
    private readonly BertEmbeddings _embeddings;
    private readonly ModuleList<BertLayer> _layers;
    private readonly Linear _projection;

    /// <summary>Creates the resampler with random weights.</summary>
    /// <param name="width">Width of the vision encoder.</param>
    /// <param name="latentWidth">Width of the output.</param>
    /// <param name="options">Sizes.</param>
    public QFormer(int width, int latentWidth, QFormerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _query = AddParameter("query", Init.Normal(0.02, 1, options.Queries, width));
        Container bert = Add("bert", new Container());
        _embeddings = bert.Add("embeddings", new BertEmbeddings(width, options, Epsilon));
        _layers = bert.Add("encoder", new Container()).Add("layer", new ModuleList<BertLayer>(
            Enumerable.Range(0, options.Layers).Select(_ => new BertLayer(width, Heads, Epsilon))));
        bert.Add("pooler", new Container()).Add("dense", new Linear(width, width));        // stored, never used
        _projection = Add("proj", new Linear(width, latentWidth));
    }

    /// <summary>N×tokens×width to N×queries×latent.</summary>
    protected override Tensor Run(Tensor input)
    {
        Tensor x = _embeddings.Forward(_query.Value).Expand(input.Size(0), -1, -1);
        Tensor mask = HeadedAttention.CausalMask(x.Size(1)).To(x.DType).To(x.Device);
        for (int i = 0; i < _layers.Count; i++)
        {
            x = _layers[i].Forward(x, input, mask);
        }

        return _projection.Forward(x);
    }
}

/// <summary>Queries plus type row 0 plus positions, normalised.</summary>
internal sealed class BertEmbeddings : Layer
{
    private readonly Embedding _positions, _types;
    private readonly LayerNorm _norm;

    public BertEmbeddings(int width, QFormerOptions options, double epsilon)
    {
        Add("word_embeddings", new Embedding(options.VocabularySize, width));             // stored, never used
        _positions = Add("position_embeddings", new Embedding(options.Positions, width));
        _types = Add("token_type_embeddings", new Embedding(2, width));
        _norm = Add("LayerNorm", new LayerNorm(width, epsilon));
    }

    protected override Tensor Run(Tensor input)
        => _norm.Forward(input + _types.Weight.Value.Narrow(0, 0, 1) + _positions.Weight.Value.Narrow(0, 0, input.Size(1)));
}

/// <summary>Self attention, cross attention and an MLP, each with a residual and a norm after it.</summary>
internal sealed class BertLayer : TensorModule
{
    private readonly BertAttention _self, _cross;
    private readonly Linear _inner;
    private readonly BertOutput _output;

    public BertLayer(int width, int heads, double epsilon)
    {
        _self = Add("attention", new BertAttention(width, heads, epsilon));
        _cross = Add("crossattention", new BertAttention(width, heads, epsilon));
        _inner = Add("intermediate", new Container()).Add("dense", new Linear(width, 4 * width));
        _output = Add("output", new BertOutput(4 * width, width, epsilon));
    }

    public Tensor Forward(Tensor x, Tensor context, Tensor mask)
    {
        ModuleRun run = Enter();
        using TensorScope scope = TensorScope.Begin();
        x = _self.Forward(x, x, mask);
        x = _cross.Forward(x, context, mask: null);
        Tensor result = run.Leave(_output.Forward(_inner.Forward(x).Gelu(), x));
        return scope.Keep(result);
    }
}

/// <summary>Attention, an output layer, a residual and a norm.</summary>
internal sealed class BertAttention : Module
{
    private readonly int _heads;
    private readonly Linear _query, _key, _value;
    private readonly BertOutput _output;

    public BertAttention(int width, int heads, double epsilon)
    {
        _heads = heads;
        Container self = Add("self", new Container());
        _query = self.Add("query", new Linear(width, width));
        _key = self.Add("key", new Linear(width, width));
        _value = self.Add("value", new Linear(width, width));
        _output = Add("output", new BertOutput(width, width, epsilon));
    }

    public Tensor Forward(Tensor x, Tensor context, Tensor? mask)
        => _output.Forward(HeadedAttention.Run(_query.Forward(x), _key.Forward(context), _value.Forward(context), _heads, mask), x);
}

/// <summary>norm(dense(x) + residual).</summary>
internal sealed class BertOutput : Module
{
    private readonly Linear _dense;
    private readonly LayerNorm _norm;

    public BertOutput(int input, int width, double epsilon)
    {
        _dense = Add("dense", new Linear(input, width));
        _norm = Add("LayerNorm", new LayerNorm(width, epsilon));
    }

    public Tensor Forward(Tensor x, Tensor residual) => _norm.Forward(_dense.Forward(x) + residual);
}
