using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>Folds a linear adapter into the convolutions around it, which are found in a recorded run of the network.</summary>
internal static class FoldLinear
{
    /// <summary>Folds an adapter back into the plain convolution before it, or into all convolutions that read its output. The caller detaches
    /// the adapter afterwards.</summary>
    /// <param name="network">Its weights are changed.</param>
    /// <param name="adapter">An adapter that is attached to it.</param>
    /// <param name="map">The linear map of the adapter.</param>
    /// <param name="run">Runs the network once on any input and returns its outputs.</param>
    /// <returns>Dotted paths of the convolutions that it was folded into.</returns>
    /// <exception cref="MergeRefusedException">No exact rule applies; nothing was changed.</exception>
    internal static string[] Apply(Module network, Layer adapter, LinearMap map, Func<IReadOnlyList<Tensor>> run)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        RecordedRun recorded = RecordedRun.Of(network, run);
        ModuleCall call = recorded.CallOf(adapter) ?? throw new MergeRefusedException("It does not run.");
        RequireNoDropout(recorded, call);
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
        catch (MergeRefusedException after)
        {
            throw new MergeRefusedException($"{after.Message} Nor can it fold into the layer before it: {before}.", after.Hint);
        }
    }

    private static void RequireNoDropout(RecordedRun recorded, ModuleCall call)
    {
        if (Enumerable.Range(call.Start, call.End - call.Start).Any(i => recorded.Operations[i].Name == "aten::dropout"))
        {
            throw new MergeRefusedException(
                "It applies dropout: it is in training mode, in which its output is random.", "Call Train(false) on the network first.");
        }
    }
}
