using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>1×1 convolution, GELU, 1×1 convolution back, both with bias: keys <c>0</c> and <c>2</c>.</summary>
public sealed class PointwiseMlp : Layer
{
    internal PointwiseMlp(int channels, int hidden)
    {
        First = Add("0", new Conv2d(channels, hidden));
        Second = Add("2", new Conv2d(hidden, channels));
    }

    /// <summary>C to hidden.</summary>
    public Conv2d First { get; }

    /// <summary>Hidden to C.</summary>
    public Conv2d Second { get; }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input) => Second.Forward(First.Forward(input).Gelu());
}
