using Graft.Export;
using Onnx;

namespace Graft.Tests.Export.Simplification;

/// <summary>Equal constants are stored once; small ones, overridable inputs and those of another shape stay.</summary>
public sealed class EqualConstantsTests
{
    private const int Count = 300;

    [Fact]
    public void EqualWeights_AreOne_AndTheirReadersAgree()
    {
        GraphProto graph = new();
        graph.Initializer.Add([Weight("a", 1, Count), Weight("b", 1, Count), Weight("other", 2, Count), Weight("shape", 1, Count / 2, 2), Weight("open", 1, Count), Weight("small", 1, 4), Weight("tiny", 1, 4)]);
        graph.Input.Add(new ValueInfoProto { Name = "open" });
        graph.Node.Add([Node("a", "small"), Node("b", "tiny"), Node("other", "open"), Node("shape", "b")]);
        EqualConstants.Unite(graph);
        Assert.Equal(["a", "other", "shape", "open", "small", "tiny"], graph.Initializer.Select(tensor => tensor.Name));
        Assert.Equal(["a small", "a tiny", "other open", "shape a"], graph.Node.Select(node => string.Join(' ', node.Input)));
    }

    private static TensorProto Weight(string name, float value, params long[] shape)
    {
        float[] values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        Array.Fill(values, value);
        return OnnxTensors.Of(name, TensorProto.Types.DataType.Float, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()), shape);
    }

    private static NodeProto Node(params string[] inputs)
    {
        NodeProto node = new();
        node.Input.Add(inputs);
        return node;
    }
}
