using System.Runtime.InteropServices;
using Onnx;

namespace Graft.Export;

/// <summary>Stores weights as float16; each is converted back when the model is loaded, so the graph computes in float32.</summary>
internal static class HalfWeights
{
    private const int Smallest = 64;

    /// <summary>Converts every constant with at least 64 values; smaller ones save nothing.</summary>
    internal static void Store(GraphProto graph)
    {
        foreach (TensorProto tensor in OnnxTensors.Constants(graph).Where(OnnxTensors.IsSingle).ToArray())
        {
            float[] values = OnnxTensors.Singles(tensor);
            if (values.Length < Smallest || !Array.TrueForAll(values, value => Half.IsFinite((Half)value)))
            {
                continue;
            }

            string name = tensor.Name;
            Half[] halves = [.. values.Select(value => (Half)value)];
            graph.Initializer.Remove(tensor);
            graph.Initializer.Add(OnnxTensors.Of($"{name}.half", TensorProto.Types.DataType.Float16, MemoryMarshal.AsBytes(halves.AsSpan()), tensor.Dims));
            NodeProto cast = new() { OpType = "Cast", Name = $"{name}.Cast" };
            cast.Input.Add($"{name}.half");
            cast.Output.Add(name);
            cast.Attribute.Add(GraphBuilder.AttributeOf("to", (int)TensorProto.Types.DataType.Float));
            graph.Node.Insert(0, cast);
        }
    }
}
