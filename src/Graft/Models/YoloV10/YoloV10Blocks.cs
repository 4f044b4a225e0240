using Graft.Models.Blocks;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.YoloV10;

// B batch, C channels, H×W map, N = H·W. Keys are those of the official checkpoints.

/// <summary>Half the channels pass a chain of blocks; every intermediate result is kept and merged (C2f, C2fCIB).</summary>
internal sealed class SplitChain : Layer
{
    private readonly ConvNorm _split, _merge;
    private readonly ModuleList<Layer> _blocks;

    private SplitChain(int input, int output, int blocks, bool folded, Func<int, Layer> block)
    {
        int c = output / 2;
        _split = Add("cv1", new ConvNorm(input, 2 * c, folded: folded));
        _merge = Add("cv2", new ConvNorm((2 + blocks) * c, output, folded: folded));
        _blocks = Add("m", new ModuleList<Layer>(Enumerable.Range(0, blocks).Select(_ => block(c))));
    }

    /// <summary>C2f.</summary>
    internal static SplitChain OfBottlenecks(int input, int output, int blocks, bool shortcut, bool folded = false)
        => new(input, output, blocks, folded, c => new Bottleneck(c, c, shortcut, PairKeys.Cv, folded: folded));

    /// <summary>C2fCIB.</summary>
    internal static SplitChain OfCompact(int input, int output, int blocks, bool shortcut, bool largeKernel, bool folded = false)
        => new(input, output, blocks, folded, c => new CompactInverted(c, c, shortcut, expansion: 1, largeKernel, folded));

    protected override Tensor Run(Tensor input) => _merge.Forward(Tensor.Cat([.. Bottleneck.Chain(_split.Forward(input), _blocks)], 1));
}

/// <summary>CIB, compact inverted block: depthwise 3×3, 1×1, depthwise 3×3 or 7×7, 1×1, depthwise 3×3.</summary>
internal sealed class CompactInverted : Layer
{
    private readonly Sequential _chain;
    private readonly bool _shortcut;

    internal CompactInverted(int input, int output, bool shortcut, double expansion, bool largeKernel, bool folded = false)
    {
        int middle = 2 * (int)(output * expansion);
        _chain = Add("cv1", new Sequential(
            new ConvNorm(input, input, 3, groups: input, folded: folded),
            new ConvNorm(input, middle, folded: folded),
            largeKernel ? new BranchedDepthwise(middle, folded) : new ConvNorm(middle, middle, 3, groups: middle, folded: folded),
            new ConvNorm(middle, output, folded: folded),
            new ConvNorm(output, output, 3, groups: output, folded: folded)));
        _shortcut = shortcut && input == output;
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor y = _chain.Forward(input);
        return _shortcut ? y.Plus(input) : y;
    }
}

/// <summary>RepVGGDW: SiLU of a depthwise 7×7 plus a depthwise 3×3 branch; folded, one 7×7 convolution.</summary>
internal sealed class BranchedDepthwise : Layer, IFoldableUnit, IFrozenForm
{
    internal BranchedDepthwise(int channels, bool folded = false)
    {
        if (folded)
        {
            Fused = Add("conv", new Conv2d(channels, channels, 7, groups: channels));
            return;
        }

        Wide = Add("conv", new ConvNorm(channels, channels, 7, groups: channels, activate: false));
        Narrow = Add("conv1", new ConvNorm(channels, channels, 3, groups: channels, activate: false));
    }

    /// <summary>The 7×7 branch, null in the folded form.</summary>
    internal ConvNorm? Wide { get; }

    /// <summary>The 3×3 branch, null in the folded form.</summary>
    internal ConvNorm? Narrow { get; }

    /// <summary>The one convolution of the folded form: <c>conv.weight</c> C×1×7×7 and <c>conv.bias</c>.</summary>
    internal Conv2d? Fused { get; }

    /// <inheritdoc/>
    public bool IsFolded => Fused is not null;

    /// <inheritdoc/>
    public Conv2d FoldedConvolution => Fused ?? throw new InvalidOperationException("The unit is not folded.");

    /// <inheritdoc/>
    public Layer? InnerFollower => null;

    /// <inheritdoc/>
    public Module? FrozenForm { get; set; }

    /// <inheritdoc/>
    public Module? CreateFrozenForm() => FoldNorms.FrozenFormOf(this, IsFolded || (IsBare(Wide) && IsBare(Narrow)));

    /// <inheritdoc/>
    public Conv2d Fold(string path)
    {
        using Conv2d wide = Branch(Wide, path), narrow = Branch(Narrow, path);
        return FoldNorms.Sum(wide, narrow);
    }

    private static bool IsBare(ConvNorm? branch) => branch is { Follower: null, IsBare: true };

    private static Conv2d Branch(ConvNorm? branch, string path)
        => branch is not null && IsBare(branch) ? branch.Fold(path) : throw FoldNorms.AttachedInside(path);

    protected override Tensor Run(Tensor input)
    {
        Conv2d? fused = FrozenForm as Conv2d ?? Fused;
        if (fused?.ForwardSilu(input) is { } whole)
        {
            return whole;
        }

        Tensor y = fused?.Forward(input) ?? Wide!.Forward(input).Plus(Narrow!.Forward(input));
        return y.Activated();
    }
}

/// <summary>SCDown: changes channels first (1×1), then the resolution (depthwise, strided, no activation).</summary>
internal sealed class ChannelThenSpaceDown : Layer
{
    private readonly ConvNorm _channels, _space;

    internal ChannelThenSpaceDown(int input, int output, int kernel = 3, int stride = 2, bool folded = false)
    {
        _channels = Add("cv1", new ConvNorm(input, output, folded: folded));
        _space = Add("cv2", new ConvNorm(output, output, kernel, stride, groups: output, activate: false, folded: folded));
    }

    protected override Tensor Run(Tensor input) => _space.Forward(_channels.Forward(input));
}

/// <summary>Self-attention among the positions of a map, with half-width keys and a depthwise convolution for position.</summary>
internal sealed class Attention : Layer
{
    private readonly ConvNorm _qkv, _project, _position;
    private readonly int _heads, _keyWidth, _headWidth;

    internal Attention(int channels, int heads, double keyShare = 0.5, bool folded = false)
    {
        (_heads, _headWidth) = (heads, channels / heads);
        _keyWidth = (int)(_headWidth * keyShare);
        _qkv = Add("qkv", new ConvNorm(channels, channels + (2 * _keyWidth * heads), activate: false, folded: folded));
        _project = Add("proj", new ConvNorm(channels, channels, activate: false, folded: folded));
        _position = Add("pe", new ConvNorm(channels, channels, 3, groups: channels, activate: false, folded: folded));
    }

    protected override Tensor Run(Tensor input)
    {
        long b = input.Size(0), c = input.Size(1), h = input.Size(2), w = input.Size(3), n = h * w;
        Tensor[] qkv = _qkv.Forward(input).Reshape(b, _heads, (2 * _keyWidth) + _headWidth, n)
            .Split([_keyWidth, _keyWidth, _headWidth], 2);                           // B×heads×width×N each
        Tensor query = qkv[0].Transpose(2, 3) * Math.Pow(_keyWidth, -0.5);           // B×heads×N×key
        Tensor weights = query.MatMul(qkv[1]).Softmax(-1);                           // B×heads×N×N, rows sum to one
        // Positions before channels: the result is channels-last, as the convolutions need it.
        Tensor mixed = weights.MatMul(qkv[2].Transpose(2, 3)).Transpose(1, 2)        // B×N×heads×width
            .Reshape(b, h, w, c).Permute(0, 3, 1, 2);                                // B×C×H×W
        return _project.Forward(_position.Forward(qkv[2].Reshape(b, c, h, w)).Plus(mixed));
    }
}

/// <summary>PSA, partial self-attention: half the channels pass attention and a feed-forward pair, each with a residual connection.</summary>
internal sealed class PartialSelfAttention : Layer
{
    private readonly ConvNorm _split, _merge;
    private readonly Attention _attention;
    private readonly Sequential _feedForward;

    internal PartialSelfAttention(int channels, bool folded = false)
    {
        int c = channels / 2;
        if (c < 64)
        {
            throw new GraftException(
                Failure.Usage,
                $"Partial self-attention has {channels} channels; it needs at least 128, one head of 64 on one half.",
                "Choose a larger model.width or model.max_channels.");
        }

        _split = Add("cv1", new ConvNorm(channels, 2 * c, folded: folded));
        _merge = Add("cv2", new ConvNorm(2 * c, channels, folded: folded));
        _attention = Add("attn", new Attention(c, heads: c / 64, folded: folded));
        _feedForward = Add("ffn", new Sequential(new ConvNorm(c, 2 * c, folded: folded), new ConvNorm(2 * c, c, activate: false, folded: folded)));
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor[] halves = _split.Forward(input).Chunk(2, 1);
        Tensor b = _attention.Forward(halves[1]).Plus(halves[1]);
        b = _feedForward.Forward(b).Plus(b);
        return _merge.Forward(Tensor.Cat([halves[0], b], 1));
    }
}

/// <summary>The ramp 0..15 that turns a distribution into a distance; official checkpoints hold it; it is not trained.</summary>
internal sealed class DistributionRamp : Module
{
    internal DistributionRamp(int bins)
    {
        using TensorScope scope = TensorScope.Begin();
        Conv2d ramp = Add("conv", new Conv2d(bins, 1, bias: false));
        ramp.Weight.Replace(Tensor.Arange(bins).Reshape(1, bins, 1, 1).Clone());
    }
}
