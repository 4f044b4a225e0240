using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.Blocks;

/// <summary>SPPF: three chained max poolings, with the default kernel over 5, 9 and 13 cells.</summary>
internal sealed class PoolPyramid : Layer
{
    private readonly ConvNorm _reduce, _merge;
    private readonly int _kernel;

    /// <summary>Creates the block.</summary>
    /// <param name="input">Input channels.</param>
    /// <param name="output">Output channels.</param>
    /// <param name="keys">State-dict keys.</param>
    /// <param name="kernel">Side of the pooling window in cells.</param>
    /// <param name="folded">Build the folded form.</param>
    internal PoolPyramid(int input, int output, PairKeys keys, int kernel = 5, bool folded = false)
    {
        _kernel = kernel;
        _reduce = Add(keys.First, new ConvNorm(input, input / 2, folded: folded));
        _merge = Add(keys.Second, new ConvNorm(input / 2 * 4, output, folded: folded));
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor x = _reduce.Forward(input);
        Tensor p1 = Pool(x), p2 = Pool(p1), p3 = Pool(p2);
        return _merge.Forward(Tensor.Cat([x, p1, p2, p3], 1));
    }

    private Tensor Pool(Tensor x) => x.MaxPool2d(_kernel, 1, _kernel / 2);
}
