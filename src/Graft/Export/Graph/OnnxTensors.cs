using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;

namespace Graft.Export;

/// <summary>Creates and reads ONNX tensors; values are little-endian raw data.</summary>
internal static class OnnxTensors
{
    /// <summary>A float32 tensor.</summary>
    internal static TensorProto Of(string name, ReadOnlySpan<float> values, params IEnumerable<long> shape)
        => Of(name, TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes(values), shape);

    /// <summary>An int64 tensor.</summary>
    internal static TensorProto Of(string name, ReadOnlySpan<long> values, params IEnumerable<long> shape)
        => Of(name, TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes(values), shape);

    /// <summary>A tensor of any type.</summary>
    internal static TensorProto Of(string name, TensorProto.Types.DataType type, ReadOnlySpan<byte> bytes, params IEnumerable<long> shape)
    {
        TensorProto tensor = new() { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.AddRange(shape);
        return tensor;
    }

    /// <summary>The values of a float32 tensor.</summary>
    internal static float[] Singles(TensorProto tensor)
        => tensor.HasRawData ? MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray() : [.. tensor.FloatData];

    /// <summary>The constants of a graph: its initializers, but for those that are inputs too, which can be overridden.</summary>
    internal static IEnumerable<TensorProto> Constants(GraphProto graph)
    {
        HashSet<string> inputs = [.. graph.Input.Select(input => input.Name)];
        return graph.Initializer.Where(tensor => !inputs.Contains(tensor.Name));
    }

    /// <summary>Whether a tensor holds float32 values, inside the model's file.</summary>
    internal static bool IsSingle(TensorProto tensor)
        => tensor.DataType == (int)TensorProto.Types.DataType.Float && tensor.DataLocation != TensorProto.Types.DataLocation.External;
}
