using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>Weighs the places of a feature map (arXiv:1807.06521).</summary>
internal static class SpatialAttention
{
    /// <summary>x ⊙ σ(convolution of mean and maximum over the channels).</summary>
    /// <param name="convolution">Two channels to one.</param>
    /// <param name="x">B×C×H×W.</param>
    internal static Tensor Apply(Conv2d convolution, Tensor x)
        => x * convolution.Forward(Tensor.Cat([x.Mean([1], keep: true), x.Max([1], keep: true)], 1)).Sigmoid();
}
