using Graft.Models.Blocks;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.YoloV10;

// B batch, C channels, H×W map, N = H·W. Keys are those of the official checkpoints.

/// <summary>Half the channels pass a chain of blocks; every intermediate result is kept and merged (C2f, C2fCIB).</summary>
internal sealed class SplitChain : Layer
{
    private readonly ConvNorm _split, _merge;
    private readonly ModuleList<Layer> _blocks;

    private SplitChain(int input, int output, int blocks, Func<int, Layer> block)
    {
        int c = output / 2;
        _split = Add("cv1", new ConvNorm(input, 2 * c));
        _merge = Add("cv2", new ConvNorm((2 + blocks) * c, output));
        _blocks = Add("m", new ModuleList<Layer>(Enumerable.Range(0, blocks).Select(_ => block(c))));
    }

    /// <summary>C2f.</summary>
    internal static SplitChain OfBottlenecks(int input, int output, int blocks, bool shortcut)
        => new(input, output, blocks, c => new Bottleneck(c, c, shortcut, expansion: 1));

    /// <summary>C2fCIB.</summary>
    internal static SplitChain OfCompact(int input, int output, int blocks, bool shortcut, bool largeKernel)
        => new(input, output, blocks, c => new CompactInverted(c, c, shortcut, expansion: 1, largeKernel));

    protected override Tensor Run(Tensor input)
    {
        List<Tensor> parts = [.. _split.Forward(input).Chunk(2, 1)];                 // two of B×C/2×H×W
        for (int i = 0; i < _blocks.Count; i++)
        {
            parts.Add(_blocks[i].Forward(parts[^1]));
        }

        return _merge.Forward(Tensor.Cat([.. parts], 1));
    }
}

/// <summary>Two 3×3 convolutions, with or without a way around.</summary>
internal sealed class Bottleneck : Layer
{
    private readonly ConvNorm _first, _second;
    private readonly bool _shortcut;

    internal Bottleneck(int input, int output, bool shortcut, double expansion)
    {
        int hidden = (int)(output * expansion);
        _first = Add("cv1", new ConvNorm(input, hidden, 3));
        _second = Add("cv2", new ConvNorm(hidden, output, 3));
        _shortcut = shortcut && input == output;
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor y = _second.Forward(_first.Forward(input));
        return _shortcut ? y.Plus(input) : y;
    }
}

/// <summary>CIB, compact inverted block: depthwise 3×3, 1×1, depthwise 3×3 or 7×7, 1×1, depthwise 3×3.</summary>
internal sealed class CompactInverted : Layer
{
    private readonly Sequential _chain;
    private readonly bool _shortcut;

    internal CompactInverted(int input, int output, bool shortcut, double expansion, bool largeKernel)
    {
        int middle = 2 * (int)(output * expansion);
        _chain = Add("cv1", new Sequential(
            new ConvNorm(input, input, 3, groups: input),
            new ConvNorm(input, middle),
            largeKernel ? new BranchedDepthwise(middle) : new ConvNorm(middle, middle, 3, groups: middle),
            new ConvNorm(middle, output),
            new ConvNorm(output, output, 3, groups: output)));
        _shortcut = shortcut && input == output;
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor y = _chain.Forward(input);
        return _shortcut ? y.Plus(input) : y;
    }
}

/// <summary>RepVGGDW: SiLU of a depthwise 7×7 plus a depthwise 3×3 branch; folded, one 7×7 convolution.</summary>
internal sealed class BranchedDepthwise : Layer
{
    internal BranchedDepthwise(int channels)
    {
        Wide = Add("conv", new ConvNorm(channels, channels, 7, groups: channels, activate: false));
        Narrow = Add("conv1", new ConvNorm(channels, channels, 3, groups: channels, activate: false));
    }

    /// <summary>The 7×7 branch, null once folded.</summary>
    internal ConvNorm? Wide { get; private set; }

    /// <summary>The 3×3 branch, null once folded.</summary>
    internal ConvNorm? Narrow { get; private set; }

    /// <summary>The one convolution of the folded form.</summary>
    internal Conv2d? Joined { get; private set; }

    /// <summary>Takes the folded form: <c>conv.weight</c> C×1×7×7 and <c>conv.bias</c>.</summary>
    internal void Join(Conv2d joined)
    {
        Wide?.Dispose();
        Narrow?.Dispose();
        (Wide, Narrow) = (null, null);
        Remove("conv");
        Remove("conv1");
        Joined = Add("conv", joined);
    }

    protected override Tensor Run(Tensor input)
    {
        if (Joined?.ForwardSilu(input) is { } whole)
        {
            return whole;
        }

        Tensor y = Joined?.Forward(input) ?? Wide!.Forward(input).Plus(Narrow!.Forward(input));
        return y.RequiresGrad ? y.Silu() : y.SiluInPlace();
    }
}

/// <summary>SCDown: channels first (1×1), then the map (depthwise, strided, no activation).</summary>
internal sealed class ChannelThenSpaceDown : Layer
{
    private readonly ConvNorm _channels, _space;

    internal ChannelThenSpaceDown(int input, int output, int kernel = 3, int stride = 2)
    {
        _channels = Add("cv1", new ConvNorm(input, output));
        _space = Add("cv2", new ConvNorm(output, output, kernel, stride, groups: output, activate: false));
    }

    protected override Tensor Run(Tensor input) => _space.Forward(_channels.Forward(input));
}

/// <summary>SPPF: three chained poolings see 5, 9 and 13 cells around.</summary>
internal sealed class PoolPyramid : Layer
{
    private readonly ConvNorm _reduce, _merge;
    private readonly int _kernel;

    internal PoolPyramid(int input, int output, int kernel = 5)
    {
        _kernel = kernel;
        _reduce = Add("cv1", new ConvNorm(input, input / 2));
        _merge = Add("cv2", new ConvNorm(input / 2 * 4, output));
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor x = _reduce.Forward(input);
        Tensor p1 = Pool(x), p2 = Pool(p1), p3 = Pool(p2);
        return _merge.Forward(Tensor.Cat([x, p1, p2, p3], 1));
    }

    private Tensor Pool(Tensor x) => x.MaxPool2d(_kernel, 1, _kernel / 2);
}

/// <summary>Self-attention among the places of a map, with half-width keys and a depthwise convolution for position.</summary>
internal sealed class Attention : Layer
{
    private readonly ConvNorm _qkv, _project, _position;
    private readonly int _heads, _keyWidth, _headWidth;

    internal Attention(int channels, int heads, double keyShare = 0.5)
    {
        (_heads, _headWidth) = (heads, channels / heads);
        _keyWidth = (int)(_headWidth * keyShare);
        _qkv = Add("qkv", new ConvNorm(channels, channels + (2 * _keyWidth * heads), activate: false));
        _project = Add("proj", new ConvNorm(channels, channels, activate: false));
        _position = Add("pe", new ConvNorm(channels, channels, 3, groups: channels, activate: false));
    }

    protected override Tensor Run(Tensor input)
    {
        long b = input.Size(0), c = input.Size(1), h = input.Size(2), w = input.Size(3), n = h * w;
        Tensor[] qkv = _qkv.Forward(input).Reshape(b, _heads, (2 * _keyWidth) + _headWidth, n)
            .Split([_keyWidth, _keyWidth, _headWidth], 2);                           // B×heads×width×N each
        Tensor query = qkv[0].Transpose(2, 3) * Math.Pow(_keyWidth, -0.5);           // B×heads×N×key
        Tensor weights = query.MatMul(qkv[1]).Softmax(-1);                           // B×heads×N×N, rows sum to one
        // Places before channels: the result then lies channels-last, as the convolutions want it.
        Tensor mixed = weights.MatMul(qkv[2].Transpose(2, 3)).Transpose(1, 2)        // B×N×heads×width
            .Reshape(b, h, w, c).Permute(0, 3, 1, 2);                                // B×C×H×W
        return _project.Forward(_position.Forward(qkv[2].Reshape(b, c, h, w)).Plus(mixed));
    }
}

/// <summary>PSA, partial self-attention: half the channels pass attention and a feed-forward pair, each with a way around.</summary>
internal sealed class PartialSelfAttention : Layer
{
    private readonly ConvNorm _split, _merge;
    private readonly Attention _attention;
    private readonly Sequential _feedForward;

    internal PartialSelfAttention(int channels)
    {
        int c = channels / 2;
        if (c < 64)
        {
            throw new GraftException(
                Failure.Usage,
                $"Partial self-attention has {channels} channels; it needs at least 128, one head of 64 on one half.",
                "Choose a larger model.width or model.max_channels.");
        }

        _split = Add("cv1", new ConvNorm(channels, 2 * c));
        _merge = Add("cv2", new ConvNorm(2 * c, channels));
        _attention = Add("attn", new Attention(c, heads: c / 64));
        _feedForward = Add("ffn", new Sequential(new ConvNorm(c, 2 * c), new ConvNorm(2 * c, c, activate: false)));
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor[] halves = _split.Forward(input).Chunk(2, 1);
        Tensor b = _attention.Forward(halves[1]).Plus(halves[1]);
        b = _feedForward.Forward(b).Plus(b);
        return _merge.Forward(Tensor.Cat([halves[0], b], 1));
    }
}

/// <summary>The ramp 0..15 that turns a distribution into a distance; official checkpoints hold it, and it never learns.</summary>
internal sealed class DistributionRamp : Module
{
    internal DistributionRamp(int bins)
    {
        using TensorScope scope = TensorScope.Begin();
        Conv2d ramp = Add("conv", new Conv2d(bins, 1, bias: false));
        ramp.Weight.Replace(Tensor.Arange(bins).Reshape(1, bins, 1, 1).Clone());
    }
}

/// <summary>The form of blocks whose normalisations are folded: the same keys less <c>bn</c>, plus <c>conv.bias</c>.</summary>
internal static class FoldedForm
{
    /// <summary>Gives a module of its own this form; the values are then to be loaded.</summary>
    internal static void Take(Module root)
    {
        foreach ((_, Module module) in root.Modules().ToArray())
        {
            if (module is BranchedDepthwise { Wide: { } wide } branches)
            {
                branches.Join(new Conv2d(wide.Conv.Input, wide.Conv.Output, wide.Conv.Kernel, groups: wide.Conv.Groups));
            }
            else if (module is ConvNorm { Norm: not null } unit)
            {
                unit.Conv.SetBias(Tensor.Zeros(unit.Conv.Output));
                unit.DropNorm();
            }
        }

        Conv2d.Pack(root);
    }
}

internal static class Sums
{
    /// <summary>a + b, written over a when no gradient needs it.</summary>
    internal static Tensor Plus(this Tensor fresh, Tensor other)
        => fresh.RequiresGrad || other.RequiresGrad ? fresh + other : fresh.AddInPlace(other);
}
