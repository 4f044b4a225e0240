using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>Parallel depthwise convolutions of several sizes.</summary>
internal static class MonaKernels
{
    internal static ModuleList<Conv2d> Create(IReadOnlyList<int> kernels, int channels, bool bias)
    {
        if (kernels.Count == 0 || kernels.Any(kernel => kernel < 1 || kernel % 2 == 0))
        {
            throw new GraftException(
                Failure.Usage, $"kernel_sizes is [{string.Join(", ", kernels)}], expected one or more odd sizes.",
                "Use [3, 5, 7], as published.");
        }

        return new ModuleList<Conv2d>(kernels.Select(kernel => new Conv2d(channels, channels, kernel, groups: channels, bias: bias)));
    }

    /// <summary>The sum in training: one convolution whose kernel is the padded sum, so the maps are read once.</summary>
    /// <param name="kernels">The parallel convolutions.</param>
    /// <param name="x">B×C×H×W.</param>
    /// <param name="scale">Factor on the sum.</param>
    /// <param name="residual">Whether x is added: a one in the middle of each kernel.</param>
    internal static Tensor SumAsOne(ModuleList<Conv2d> kernels, Tensor x, double scale = 1, bool residual = false)
    {
        Conv2d[] all = [.. Enumerable.Range(0, kernels.Count).Select(i => kernels[i])];
        int side = all.Max(conv => conv.Kernel);
        Tensor weight = all.Select(conv => Padded(conv.Weight.Value, (side - conv.Kernel) / 2)).Aggregate((sum, next) => sum + next);
        weight = scale == 1 ? weight : weight * scale;
        weight = residual ? weight + Padded(Tensor.Ones(1, 1, 1, 1), side / 2) : weight;
        Tensor? bias = all[0].Bias is null ? null : all.Select(conv => conv.Bias!.Value).Aggregate((sum, next) => sum + next) * scale;
        return x.Conv2d(weight, bias, padding: side / 2, groups: all[0].Groups);
    }

    private static Tensor Padded(Tensor kernel, int margin) => margin == 0 ? kernel : kernel.Pad([margin, margin, margin, margin]);

    internal static Tensor Sum(ModuleList<Conv2d> kernels, Tensor x)
    {
        Tensor sum = kernels[0].Forward(x);
        for (int i = 1; i < kernels.Count; i++)
        {
            sum += kernels[i].Forward(x);
        }

        return sum;
    }
}
