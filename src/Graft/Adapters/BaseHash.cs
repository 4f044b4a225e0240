using System.Security.Cryptography;
using System.Text;
using Graft.Files;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Adapters;

/// <summary>Tells one base model from another: SHA-256 over names, shapes and bytes of its state.</summary>
/// <remarks>Memory formats do not matter. Batch counters and the weights of the root itself (a learned vocabulary) are left out.</remarks>
public static class BaseHash
{
    /// <summary>Whether a weight of a network belongs to a learned vocabulary: those of the root, and of the small network behind them.</summary>
    internal static bool IsVocabulary(string name) => !name.Contains('.') || name.StartsWith("adapter.", StringComparison.Ordinal);

    /// <summary>64 hexadecimal digits.</summary>
    public static string Of(Module model)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, Tensor value) in model.StateDict().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (IsVocabulary(name) || name.EndsWith(".num_batches_tracked", StringComparison.Ordinal))
            {
                continue;
            }

            WeightData data = WeightData.From(name, value);
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}:{data.DType}[{string.Join(',', data.Shape)}]"));
            data.ForEachChunk(hash.AppendData);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
