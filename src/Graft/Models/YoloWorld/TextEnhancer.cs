using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.YoloWorld;

/// <summary>v1's image-pooling attention: text embeddings attend to the three maps, each pooled to 3×3.</summary>
public sealed class TextEnhancer : TensorModule
{
    private readonly int _channels, _heads;
    private readonly ModuleList<Projection> _projections;
    private readonly Sequential _query, _key, _value;
    private readonly Linear _project;

    internal TextEnhancer(YoloWorldOptions options)
    {
        (_channels, _heads) = (options.EnhancerChannels, options.EnhancerHeads);
        _projections = Add("projections", new ModuleList<Projection>(options.LevelChannels.Select(input => new Projection(input, _channels))));
        _query = Add("query", new Sequential(new LayerNorm(options.TextDim), new Linear(options.TextDim, _channels)));
        _key = Add("key", new Sequential(new LayerNorm(_channels), new Linear(_channels, _channels)));
        _value = Add("value", new Sequential(new LayerNorm(_channels), new Linear(_channels, _channels)));
        _project = Add("proj", new Linear(_channels, options.TextDim));
    }

    /// <summary>Text T×N×D and the top-down maps to enhanced text B×N×D.</summary>
    public Tensor Forward(Tensor text, Tensor[] maps)
    {
        ModuleRun run = Enter();
        long batch = maps[0].Size(0), prompts = text.Size(1);
        Tensor tokens = Tensor.Cat([.. maps.Select((map, level) => _projections[level].Forward(map))], 2).Transpose(1, 2);   // B×27×e
        Tensor q = Heads(_query.Forward(text)).Expand(batch, _heads, prompts, _channels / _heads);                                // B×M×N×c
        Tensor k = Heads(_key.Forward(tokens)), v = Heads(_value.Forward(tokens));                                              // B×M×27×c
        Tensor share = (q.MatMul(k.Transpose(2, 3)) * (1 / Math.Sqrt((double)_channels / _heads))).Softmax(-1);                 // B×M×N×27
        Tensor seen = share.MatMul(v).Transpose(1, 2).Reshape(batch, prompts, _channels);                                         // B×N×e
        return run.Leave(_project.Forward(seen) + text);
    }

    private Tensor Heads(Tensor x) => x.Reshape(x.Size(0), x.Size(1), _heads, _channels / _heads).Transpose(1, 2);

    /// <summary>1×1 convolution with bias under the key <c>conv</c>, pooled to 3×3.</summary>
    private sealed class Projection : Layer
    {
        private readonly Conv2d _conv;

        internal Projection(int input, int output) => _conv = Add("conv", new Conv2d(input, output, 1));

        protected override Tensor Run(Tensor input) => _conv.Forward(input).AdaptiveMaxPool2d(3).Flatten(2);   // B×e×9
    }
}
