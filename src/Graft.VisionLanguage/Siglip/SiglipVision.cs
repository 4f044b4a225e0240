using Graft.Models.Blocks;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.VisionLanguage;

/// <summary>SigLIP's vision transformer (arXiv:2303.15343): images to one state per patch; no class token.</summary>
/// <remarks>Weight names are those of Hugging Face's SigLIP vision model, the pooling head included.</remarks>
public sealed class SiglipVision : Layer
{
    private readonly SiglipEmbeddings _embeddings;
    private readonly ModuleList<SiglipLayer> _layers;
    private readonly LayerNorm _norm;
    private readonly SiglipPooling _head;

    /// <summary>Creates the encoder with random weights.</summary>
    public SiglipVision(SiglipOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _embeddings = Add("embeddings", new SiglipEmbeddings(options));
        _layers = Add("encoder", new Container()).Add("layers", new ModuleList<SiglipLayer>(
            Enumerable.Range(0, options.Layers).Select(_ => new SiglipLayer(options))));
        _norm = Add("post_layernorm", new LayerNorm(options.Width, options.Epsilon));
        _head = Add("head", new SiglipPooling(options));
    }

    /// <summary>Its sizes.</summary>
    public SiglipOptions Options { get; }

    /// <summary>One vector per image, by attention of a learned query; the language model does not use it.</summary>
    /// <param name="states">B×tokens×width, as <see cref="Layer.Forward"/> returns them.</param>
    /// <returns>B×width.</returns>
    public Tensor Pool(Tensor states) => _head.Forward(states);

    /// <summary>B×3×I×I pixels, normalised to −1..1, to B×tokens×width.</summary>
    protected override Tensor Run(Tensor input)
    {
        Tensor x = _embeddings.Forward(input);
        for (int i = 0; i < _layers.Count; i++)
        {
            x = _layers[i].Forward(x);
        }

        return _norm.Forward(x);
    }
}

/// <summary>Patches, row by row, plus learned positions.</summary>
internal sealed class SiglipEmbeddings : Layer
{
    private readonly Conv2d _patches;
    private readonly Embedding _positions;

    public SiglipEmbeddings(SiglipOptions options)
    {
        _patches = Add("patch_embedding", new Conv2d(3, options.Width, options.Patch, options.Patch, padding: 0));
        _positions = Add("position_embedding", new Embedding(options.Grid * options.Grid, options.Width));
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor tokens = _patches.Forward(input).Flatten(2).Transpose(1, 2);                      // B×tokens×width
        long positions = _positions.Weight.Value.Size(0);
        return tokens.Size(1) == positions
            ? tokens + _positions.Weight.Value
            : throw new GraftException(Failure.Data,
                $"Views of {input.Size(-1)}×{input.Size(-2)} pixels make {tokens.Size(1)} patches; the vision encoder has {positions} positions.");
    }
}

/// <summary>x + attention(norm x), then x + MLP(norm x).</summary>
internal sealed class SiglipLayer : Layer
{
    private readonly LayerNorm _norm1, _norm2;
    private readonly SelfAttention _attention;
    private readonly Mlp _mlp;

    public SiglipLayer(SiglipOptions options)
    {
        _norm1 = Add("layer_norm1", new LayerNorm(options.Width, options.Epsilon));
        _attention = Add("self_attn", new SelfAttention(options.Width, options.Heads));
        _norm2 = Add("layer_norm2", new LayerNorm(options.Width, options.Epsilon));
        _mlp = Add("mlp", new Mlp(options.Width, options.MlpWidth, x => x.Gelu(tanh: true)));
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor x = input + _attention.Forward(_norm1.Forward(input));
        return x + _mlp.Forward(_norm2.Forward(x));
    }
}

/// <summary>A learned query attends to all patches; then h + MLP(norm h).</summary>
internal sealed class SiglipPooling : Layer
{
    private readonly Parameter _probe;
    private readonly PackedAttention _attention;
    private readonly LayerNorm _norm;
    private readonly Mlp _mlp;

    public SiglipPooling(SiglipOptions options)
    {
        _probe = AddParameter("probe", Init.Normal(0.02, 1, 1, options.Width));
        _attention = Add("attention", new PackedAttention(options.Width, options.Heads));
        _norm = Add("layernorm", new LayerNorm(options.Width, options.Epsilon));
        _mlp = Add("mlp", new Mlp(options.Width, options.MlpWidth, x => x.Gelu(tanh: true)));
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor x = _attention.Forward(_probe.Value.Expand(input.Size(0), 1, -1), input);
        return (x + _mlp.Forward(_norm.Forward(x))).Squeeze(1);
    }
}

/// <summary>Attention whose query, key and value matrices are stacked in one weight.</summary>
internal sealed class PackedAttention : TensorModule
{
    private readonly int _width, _heads;
    private readonly Parameter _weight, _bias;
    private readonly Linear _output;

    public PackedAttention(int width, int heads)
    {
        (_width, _heads) = (width, heads);
        _weight = AddParameter("in_proj_weight", Init.XavierUniform(3 * width, width));
        _bias = AddParameter("in_proj_bias", Tensor.Zeros(3 * width));
        _output = Add("out_proj", new Linear(width, width));
    }

    public Tensor Forward(Tensor query, Tensor context)
    {
        ModuleRun run = Enter();
        return run.Leave(_output.Forward(HeadedAttention.Run(Part(query, 0), Part(context, 1), Part(context, 2), _heads)));

        Tensor Part(Tensor x, int part)
            => x.Linear(_weight.Value.Narrow(0, part * _width, _width), _bias.Value.Narrow(0, part * _width, _width));
    }
}
