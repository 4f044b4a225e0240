using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>Folds a linear adapter into the convolutions around it, which are found in a recorded run, not in a list written by hand.</summary>
internal static class FoldLinear
{
    /// <summary>Folds an adapter back into the plain convolution before it, or into all convolutions that read its output. The caller takes
    /// the adapter off afterwards.</summary>
    /// <param name="network">A network of the caller's own: its weights change.</param>
    /// <param name="adapter">Attached to it.</param>
    /// <param name="map">What the adapter does.</param>
    /// <param name="run">Runs the network once on any input and returns its outputs.</param>
    /// <returns>Dotted paths of what took it in.</returns>
    /// <exception cref="MergeRefusedException">No exact rule applies; nothing was changed.</exception>
    internal static string[] Apply(Module network, Layer adapter, LinearMap map, Func<IReadOnlyList<Tensor>> run)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        RecordedRun recorded = RecordedRun.Of(network, run);
        ModuleCall call = recorded.CallOf(adapter) ?? throw new MergeRefusedException("It does not run.");
        RequireNoChance(recorded, call);
        if (LinearIntoProducer.Find(recorded, call, out string before) is { } producer)
        {
            LinearIntoProducer.Apply(producer.Conv, map);
            return [producer.Path];
        }

        try
        {
            IReadOnlyList<FlowReader> readers = ChannelFlow.ReadersOf(recorded, call);
            LinearIntoReaders.Require(readers, map);
            foreach (FlowReader reader in readers)
            {
                LinearIntoReaders.Apply(reader, map);
            }

            return [.. readers.Select(reader => reader.Path)];
        }
        catch (MergeRefusedException behind)
        {
            throw new MergeRefusedException($"{behind.Message} Nor can it fold back: {before}.", behind.Hint);
        }
    }

    private static void RequireNoChance(RecordedRun recorded, ModuleCall call)
    {
        if (Enumerable.Range(call.Start, call.End - call.Start).Any(i => recorded.Operations[i].Name == "aten::dropout"))
        {
            throw new MergeRefusedException(
                "It drops values at random: it is in training mode, in which it is not one map.", "Call Train(false) on the network first.");
        }
    }
}
