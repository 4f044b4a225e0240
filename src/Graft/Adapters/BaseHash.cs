using Graft.Files;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Adapters;

/// <summary>Identifies a base model by the <see cref="StateHash"/> of its state.</summary>
/// <remarks>Memory formats do not matter. Batch counters and the weights of the root itself (a learned vocabulary) are excluded.</remarks>
public static class BaseHash
{
    /// <summary>Whether a weight of a network belongs to a learned vocabulary: those of the root, and of the MLP behind them.</summary>
    internal static bool IsVocabulary(string name) => !name.Contains('.') || name.StartsWith("adapter.", StringComparison.Ordinal);

    /// <summary>64 hexadecimal digits.</summary>
    public static string Of(Module model) => StateHash.Of(
        model.StateDict().Where(entry => !IsVocabulary(entry.Name) && !entry.Name.EndsWith(".num_batches_tracked", StringComparison.Ordinal))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal).Select(entry => WeightData.From(entry.Name, entry.Value)),
        StateHashHeading.NameTypeShape);
}
