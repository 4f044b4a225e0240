using System.Runtime.InteropServices;
using Onnx;

namespace Graft.Export;

/// <summary>Producers, readers and constants of a graph by name.</summary>
internal sealed class GraphIndex
{
    private readonly GraphProto _graph;
    private readonly Dictionary<string, NodeProto> _producers = [];
    private readonly Dictionary<string, TensorProto> _constants;
    private readonly Dictionary<string, int> _readers = [];

    /// <summary>Reads a graph; nodes that are added later are not known.</summary>
    internal GraphIndex(GraphProto graph)
    {
        _graph = graph;
        _constants = OnnxTensors.Constants(graph).ToDictionary(tensor => tensor.Name);
        foreach (NodeProto node in graph.Node)
        {
            foreach (string output in node.Output)
            {
                _producers[output] = node;
            }

            foreach (string input in node.Input)
            {
                _readers[input] = _readers.GetValueOrDefault(input) + 1;
            }
        }

        foreach (ValueInfoProto output in graph.Output)
        {
            _readers[output.Name] = _readers.GetValueOrDefault(output.Name) + 1;
        }
    }

    /// <summary>The node that gives a value; null for inputs and constants.</summary>
    internal NodeProto? ProducerOf(string value) => _producers.GetValueOrDefault(value);

    /// <summary>How often a value is read; outputs count.</summary>
    internal int ReadersOf(string value) => _readers.GetValueOrDefault(value);

    /// <summary>A float32 constant's values and shape; null for anything else.</summary>
    internal (float[] Values, long[] Shape)? Singles(string value)
        => _constants.TryGetValue(value, out TensorProto? tensor) && OnnxTensors.IsSingle(tensor) ? (OnnxTensors.Singles(tensor), [.. tensor.Dims]) : null;

    /// <summary>The values of an int64 constant; null for anything else.</summary>
    internal long[]? Integers(string value)
        => _constants.TryGetValue(value, out TensorProto? tensor) && tensor.DataType == (int)TensorProto.Types.DataType.Int64 && tensor.HasRawData
            ? MemoryMarshal.Cast<byte, long>(tensor.RawData.Span).ToArray()
            : null;

    /// <summary>Adds a constant.</summary>
    internal string Add(GraphProto graph, TensorProto tensor)
    {
        while (_constants.ContainsKey(tensor.Name))
        {
            tensor.Name += "_";
        }

        graph.Initializer.Add(tensor);
        _constants[tensor.Name] = tensor;
        return tensor.Name;
    }

    /// <summary>Removes a node with one result; every reader of that reads another value, which nothing else read.</summary>
    internal void Remove(NodeProto removed, string by)
    {
        string value = removed.Output[0];
        _graph.Node.Remove(removed);
        foreach (NodeProto node in _graph.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = node.Input[i] == value ? by : node.Input[i];
            }
        }

        _producers.Remove(value);
        _readers[by] = ReadersOf(value);
    }
}
