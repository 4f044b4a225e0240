using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Graft.Files;
using Onnx;

namespace Graft.Export;

/// <summary>The constants of an adapted network that differ from those of its base.</summary>
/// <param name="Name">The adapter's name.</param>
/// <param name="Classes">Its class names, in label order.</param>
/// <param name="Changed">Differing float32 constants by name.</param>
internal sealed record AdapterValues(string Name, IReadOnlyList<string> Classes, IReadOnlyDictionary<string, TensorProto> Changed)
{
    /// <summary>The adapter file that gives a base these values.</summary>
    /// <param name="inputs">The base's overridable constants.</param>
    /// <param name="modelVersion">Identifies the base.</param>
    internal OnnxAdapterFile FileFor(IEnumerable<TensorProto> inputs, int modelVersion)
    {
        TensorProto[] values = [.. inputs.Select(input => Changed.GetValueOrDefault(input.Name, input))];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TensorProto value in values)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(value.Name));
            hash.AppendData(value.RawData.Span);
        }

        foreach (string name in Classes)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{name}"));
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(hash.GetHashAndReset());
        return new OnnxAdapterFile(version, modelVersion, [.. values.Select(value => WeightData.From(value.Name, OnnxTensors.Singles(value), [.. value.Dims]))]);
    }
}
