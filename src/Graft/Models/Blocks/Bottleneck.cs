using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.Blocks;

/// <summary>State-dict keys of a block's two convolutions.</summary>
/// <param name="First">Key of the first.</param>
/// <param name="Second">Key of the second.</param>
internal readonly record struct PairKeys(string First, string Second)
{
    /// <summary>Keys of official YOLO-World checkpoints.</summary>
    internal static PairKeys Conv { get; } = new("conv1", "conv2");

    /// <summary>Keys of the Ultralytics family.</summary>
    internal static PairKeys Cv { get; } = new("cv1", "cv2");
}

/// <summary>Two 3×3 convolutions, with or without a residual connection.</summary>
internal sealed class Bottleneck : Layer
{
    private readonly ConvNorm _first, _second;
    private readonly bool _shortcut;

    /// <summary>Creates the block.</summary>
    /// <param name="input">Input channels.</param>
    /// <param name="output">Output channels.</param>
    /// <param name="shortcut">Add the input to the output; ignored unless both have equally many channels.</param>
    /// <param name="keys">State-dict keys.</param>
    /// <param name="expansion">Channels between both convolutions, as a share of the output's.</param>
    /// <param name="folded">Build the folded form.</param>
    internal Bottleneck(int input, int output, bool shortcut, PairKeys keys, double expansion = 1, bool folded = false)
    {
        int hidden = (int)(output * expansion);
        _first = Add(keys.First, new ConvNorm(input, hidden, 3, folded: folded));
        _second = Add(keys.Second, new ConvNorm(hidden, output, 3, folded: folded));
        _shortcut = shortcut && input == output;
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor y = _second.Forward(_first.Forward(input));
        return _shortcut ? y.Plus(input) : y;
    }

    /// <summary>Both halves of the channels, then the output of each chained block: what C2f concatenates.</summary>
    internal static List<Tensor> Chain<T>(Tensor x, ModuleList<T> blocks)
        where T : Layer
    {
        List<Tensor> parts = [.. x.Chunk(2, 1)];
        for (int i = 0; i < blocks.Count; i++)
        {
            parts.Add(blocks[i].Forward(parts[^1]));
        }

        return parts;
    }
}
