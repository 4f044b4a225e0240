using Graft.Models.Blocks;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.YoloWorld;

/// <summary>YOLOv8's C2f: half the channels pass a chain of blocks, every intermediate result is kept and merged.</summary>
internal sealed class CspLayer : Layer
{
    private readonly ConvNorm _main, _final;
    private readonly ModuleList<Bottleneck> _blocks;

    internal CspLayer(int input, int output, int blocks, bool shortcut, bool folded)
    {
        int m = output / 2;
        _main = Add("main_conv", new ConvNorm(input, 2 * m, folded: folded));
        _final = Add("final_conv", new ConvNorm((2 + blocks) * m, output, folded: folded));
        _blocks = Add("blocks", new ModuleList<Bottleneck>(
            Enumerable.Range(0, blocks).Select(_ => new Bottleneck(m, m, shortcut, PairKeys.Conv, folded: folded))));
    }

    protected override Tensor Run(Tensor input) => _final.Forward(Tensor.Cat([.. Bottleneck.Chain(_main.Forward(input), _blocks)], 1));
}

/// <summary>C2f with one more part: the last one, gated by how well each position matches the text.</summary>
internal sealed class GatedCspLayer : TensorModule
{
    private readonly ConvNorm _main, _final;
    private readonly ModuleList<Bottleneck> _blocks;
    private readonly TextGate _gate;

    internal GatedCspLayer(int input, int output, YoloWorldOptions options, int level)
    {
        int m = output / 2, blocks = options.NeckBlocks;
        bool folded = options.Form.Folded;
        _main = Add("main_conv", new ConvNorm(input, 2 * m, folded: folded));
        _final = Add("final_conv", new ConvNorm((3 + blocks) * m, output, folded: folded));
        _blocks = Add("blocks", new ModuleList<Bottleneck>(
            Enumerable.Range(0, blocks).Select(_ => new Bottleneck(m, m, shortcut: false, PairKeys.Conv, folded: folded))));
        _gate = Add("attn_block", new TextGate(m, options, level));
    }

    internal Tensor Forward(Tensor input, Tensor? text)
    {
        ModuleRun run = Enter();
        using TensorScope scope = TensorScope.Begin();
        List<Tensor> parts = Bottleneck.Chain(_main.Forward(input), _blocks);
        parts.Add(_gate.Forward(parts[^1], text));
        return scope.Keep(run.Leave(_final.Forward(Tensor.Cat([.. parts], 1))));
    }
}

/// <summary>Max-sigmoid attention: each head's channels are scaled by their best similarity to any prompt.</summary>
internal sealed class TextGate : TensorModule
{
    private readonly int _channels, _embed, _heads;
    private readonly Parameter _bias;
    private readonly Linear? _guide;
    private readonly ModuleList<Conv2d>? _baked;
    private readonly ConvNorm? _embedConv;
    private readonly ConvNorm _project;

    internal TextGate(int channels, YoloWorldOptions options, int level)
    {
        (_channels, _embed, _heads) = (channels, options.GateChannels[level], options.GateHeads[level]);
        _bias = AddParameter("bias", Tensor.Zeros(_heads));
        _embedConv = _embed == channels ? null : Add("embed_conv", new ConvNorm(channels, _embed, activate: false, folded: options.Form.Folded));
        if (options.Form.BakedNeck == 0)
        {
            _guide = Add("guide_fc", new Linear(options.TextDim, _embed));
        }
        else
        {
            _baked = Add("guide_convs", new ModuleList<Conv2d>(
                Enumerable.Range(0, _heads).Select(_ => new Conv2d(_embed / _heads, options.Form.BakedNeck, 1, bias: false))));
        }

        _project = Add("project_conv", new ConvNorm(channels, channels, 3, activate: false, folded: options.Form.Folded));
    }

    /// <summary>From text to the heads' channels, N×D to N×e; null where a vocabulary is baked in.</summary>
    internal Linear? Guide => _guide;

    /// <summary>One 1×1 convolution per head, c to N channels; null where text is read.</summary>
    internal ModuleList<Conv2d>? Baked => _baked;

    /// <summary>Factor on the baked vocabulary, because a baked gate divides by another root; 1 in all released sizes.</summary>
    internal double BakedScale => Math.Sqrt((double)_channels / _embed);

    internal Tensor Forward(Tensor x, Tensor? text)
    {
        ModuleRun run = Enter();
        using TensorScope scope = TensorScope.Begin();
        long b = x.Size(0), h = x.Size(2), w = x.Size(3), c = _embed / _heads;
        Tensor e = _embedConv?.Forward(x) ?? x;                                              // B×e×h×w
        Tensor best = Best(e, text, b, h, w);                                                // B×M×h×w
        // A baked gate divides by its output channels per head, one that reads text by its embedding's; equal in all released sizes.
        double scale = 1 / Math.Sqrt(_baked is null ? c : (double)_channels / _heads);
        Tensor gate = (best * scale + _bias.Value.Reshape(1, _heads, 1, 1)).Sigmoid();       // B×M×h×w
        Tensor value = _project.Forward(x);                                                  // B×m×h×w
        gate = gate.DType == value.DType ? gate : gate.To(value.DType);           // in mixed precision the comparison is float32
        Tensor gated = value.Reshape(b, _heads, _channels / _heads, h, w) * gate.Unsqueeze(2);
        return scope.Keep(run.Leave(gated.Reshape(b, _channels, h, w)));
    }

    /// <summary>Best similarity of each head's channels to any prompt, B×M×h×w.</summary>
    private Tensor Best(Tensor e, Tensor? text, long b, long h, long w)
    {
        long c = _embed / _heads;
        if (_baked is not null || Required(text).Size(0) == 1)
        {
            Tensor kernels = _baked is null
                ? Guided(text!, c).Reshape(-1, c, 1, 1)                                       // M·N×c×1×1
                : Tensor.Cat([.. Enumerable.Range(0, _heads).Select(head => _baked[head].Weight.Value)], 0);
            long n = kernels.Size(0) / _heads;
            return e.Conv2d(kernels, groups: _heads).Reshape(b, _heads, n, h, w).Max([2]);
        }

        Tensor places = e.Reshape(b, _heads, c, h * w);                                      // B×M×c×hw
        return Guided(text!, c).MatMul(places).Max([2]).Reshape(b, _heads, h, w);             // B×M×N×hw, best of N
    }

    /// <summary>Text in the space of each head: T×M×N×c.</summary>
    private Tensor Guided(Tensor text, long c)
        => _guide!.Forward(text).Reshape(text.Size(0), text.Size(1), _heads, c).Permute(0, 2, 1, 3);

    private static Tensor Required(Tensor? text)
        => text ?? throw new GraftException(Failure.Usage, "This model reads text, and none was given.", "Pass text embeddings, 1×N×D.");
}
