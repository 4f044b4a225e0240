using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>x⊙σ(fc2(ReLU(fc1(mean of x over H and W)))) (arXiv:1709.01507).</summary>
public sealed class SqueezeExcitation : Layer
{
    internal SqueezeExcitation(int channels, int hidden)
    {
        First = Add("fc1", new Linear(channels, hidden));
        Second = Add("fc2", new Linear(hidden, channels));
    }

    /// <summary>r to h.</summary>
    public Linear First { get; }

    /// <summary>h to r.</summary>
    public Linear Second { get; }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input)
    {
        Tensor share = Second.Forward(First.Forward(input.Mean([2, 3])).Relu()).Sigmoid();   // B×r
        return input * share.Reshape(share.Size(0), share.Size(1), 1, 1);
    }
}
