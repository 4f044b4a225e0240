using System.Security.Cryptography;
using System.Text;

namespace Graft.Files;

/// <summary>SHA-256 over named tensors, which identifies the state of a model.</summary>
public static class StateHash
{
    /// <summary>64 hexadecimal digits over the tensors in their order; each contributes its heading and then its bytes.</summary>
    /// <param name="tensors">Tensors in an order that depends on their names only.</param>
    /// <param name="heading">What precedes the bytes; files store the hash, so each use keeps its heading.</param>
    public static string Of(IEnumerable<WeightData> tensors, StateHashHeading heading)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (WeightData tensor in tensors)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(heading switch
            {
                StateHashHeading.NameTypeShape => $"{tensor.Name}:{tensor.DType}[{string.Join(',', tensor.Shape)}]",
                StateHashHeading.NameLine => tensor.Name + "\n",
                _ => tensor.Name,
            }));
            tensor.ForEachChunk(hash.AppendData);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
