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
