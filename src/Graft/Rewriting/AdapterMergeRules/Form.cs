using Graft.Adapters;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>Helpers of all reductions.</summary>
internal static class Form
{
    /// <summary>A new adapter with the channels and precision of another.</summary>
    internal static T Of<T>(AdapterOptions options, Adapter source)
        where T : Adapter
    {
        Adapter target = options.Create(source.Channels);
        target.To(ModelCopy.PrecisionOf(source));
        return (T)target;
    }

    /// <summary>The convolutions of a list.</summary>
    internal static IReadOnlyList<Conv2d> Kernels(ModuleList<Conv2d> list) => [.. Enumerable.Range(0, list.Count).Select(i => list[i])];
}
