using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;

namespace Graft.Export;

/// <summary>
/// Writes a quantized graph in QDQ form: QuantizeLinear and DequantizeLinear around each operator, which ONNX Runtime replaces by integer
/// kernels. Activations are uint8 with a zero point, weights int8 per output channel, biases int32.
/// </summary>
internal sealed class QdqWriter
{
    private readonly ModelProto _model;
    private readonly OnnxGraph _graph;
    private readonly IReadOnlySet<NodeProto> _quantized;
    private readonly ActivationScales _scales;
    private readonly int _weightBits;
    private readonly List<NodeProto> _nodes = [];
    private readonly List<TensorProto> _added = [];
    private readonly HashSet<string> _dequantized = new(StringComparer.Ordinal);

    private QdqWriter(QuantizationPlan plan, IReadOnlySet<NodeProto> quantized, ActivationScales scales, int weightBits)
    {
        (_graph, _quantized, _scales, _weightBits) = (plan.Graph, quantized, scales, weightBits);
        _model = plan.Graph.Model.Clone();
    }

    /// <summary>The name of an activation after quantization, from which all that follow a quantized node read.</summary>
    internal static string Dequantized(string tensor) => tensor + "/dequantized";

    /// <param name="plan">The graph in float32.</param>
    /// <param name="quantized">The nodes that are computed with integers.</param>
    /// <param name="scales">Ranges of their activations.</param>
    /// <param name="weightBits">8 or 7.</param>
    internal static ModelProto Write(QuantizationPlan plan, IReadOnlySet<NodeProto> quantized, ActivationScales scales, int weightBits)
        => new QdqWriter(plan, quantized, scales, weightBits).Write();

    private ModelProto Write()
    {
        foreach (string input in _model.Graph.Input.Select(input => input.Name))
        {
            Pair(input, producedByQuantized: false);
        }

        for (int i = 0; i < _graph.Nodes.Count; i++)
        {
            NodeProto original = _graph.Nodes[i], node = _model.Graph.Node[i];
            bool quantized = _quantized.Contains(original);
            HashSet<string> data = quantized ? [.. QuantizationOperators.Data(original)] : [];
            for (int k = 0; k < node.Input.Count; k++)
            {
                string name = original.Input[k];
                bool follows = _graph.Producer(name) is { } producer && _quantized.Contains(producer);
                node.Input[k] = name.Length > 0 && _graph.Constant(name) is null && (data.Contains(name) || follows) ? Source(name) : name;
            }

            if (quantized)
            {
                QuantizeConstants(original, node);
            }

            _nodes.Add(node);
            for (int k = 0; k < node.Output.Count; k++)
            {
                Rename(node, k, quantized);
                Pair(original.Output[k], quantized);
            }
        }

        GraphProto graph = _model.Graph;
        graph.Node.Clear();
        graph.Node.AddRange(_nodes);
        graph.Initializer.AddRange(_added);
        HashSet<string> read = [.. graph.Node.SelectMany(node => node.Input), .. graph.Output.Select(output => output.Name), .. _graph.Inputs];
        TensorProto[] kept = [.. graph.Initializer.Where(initializer => read.Contains(initializer.Name) || HasSubgraphs())];
        graph.Initializer.Clear();
        graph.Initializer.AddRange(kept);

        // Shapes that the source stores for intermediate results hold types that may have changed.
        graph.ValueInfo.Clear();
        return _model;
    }

    private bool HasSubgraphs() => _graph.Nodes.Any(node => node.Attribute.Any(attribute => attribute.G is not null || attribute.Graphs.Count > 0));

    private string Source(string tensor) => _graph.Outputs.Contains(tensor) && IsProducedQuantized(tensor) ? tensor : _dequantized.Contains(tensor) ? Dequantized(tensor) : tensor;

    private bool IsProducedQuantized(string tensor) => _graph.Producer(tensor) is { } producer && _quantized.Contains(producer);

    /// <summary>A result that is also an output of the model keeps its name after the pair; the node writes another.</summary>
    private void Rename(NodeProto node, int output, bool quantized)
        => node.Output[output] = quantized && _graph.Outputs.Contains(node.Output[output]) ? node.Output[output] + "/float" : node.Output[output];

    /// <summary>Adds the two nodes after a tensor that a quantized node writes or reads.</summary>
    private void Pair(string tensor, bool producedByQuantized)
    {
        bool read = _graph.Consumers(tensor).Any(node => _quantized.Contains(node) && QuantizationOperators.Data(node).Contains(tensor));
        if ((!read && !producedByQuantized) || _graph.Constant(tensor) is not null)
        {
            return;
        }

        bool isOutput = producedByQuantized && _graph.Outputs.Contains(tensor);
        ActivationRange range = _scales[tensor];
        string scale = tensor + "/scale", zero = tensor + "/zero_point", quantized = tensor + "/quantized";
        _added.Add(Tensor(scale, [range.Scale], TensorProto.Types.DataType.Float));
        _added.Add(Tensor(zero, [range.ZeroPoint], TensorProto.Types.DataType.Uint8));
        _nodes.Add(Node("QuantizeLinear", [isOutput ? tensor + "/float" : tensor, scale, zero], quantized));
        _nodes.Add(Node("DequantizeLinear", [quantized, scale, zero], isOutput ? tensor : Dequantized(tensor)));
        _dequantized.Add(tensor);
    }

    private void QuantizeConstants(NodeProto original, NodeProto node)
    {
        if (QuantizationOperators.IsLayer(original, _graph))
        {
            TensorProto weight = _graph.Constant(original.Input[1])!;
            bool convolution = original.OpType == "Conv";
            int axis = convolution ? 0 : 1, channels = (int)weight.Dims[axis];
            int inner = convolution ? (int)weight.Dims.Skip(1).Aggregate(1L, (product, size) => product * size) : 1;
            float[]? bias = convolution && original.Input.Count > 2 && original.Input[2].Length > 0 ? OnnxGraph.Singles(_graph.Constant(original.Input[2])!) : null;
            float inputScale = _scales[original.Input[0]].Scale;
            (sbyte[] values, float[] scales, int[]? biases) = QuantizedWeights.Of(OnnxGraph.Singles(weight), channels, inner, _weightBits, bias, inputScale);
            string name = original.Output[0] + "/weight";
            node.Input[1] = Constant(name, values, TensorProto.Types.DataType.Int8, [.. weight.Dims], scales, new sbyte[channels], axis);
            if (biases is not null)
            {
                node.Input[2] = Constant<int, int>(original.Output[0] + "/bias", biases, TensorProto.Types.DataType.Int32, [channels],
                    [.. scales.Select(scale => scale * inputScale)], null, 0);
            }

            return;
        }

        foreach (int k in Enumerable.Range(0, node.Input.Count).Where(k => QuantizationOperators.Data(original).Contains(original.Input[k])))
        {
            if (_graph.Constant(original.Input[k]) is { } constant)
            {
                float[] values = OnnxGraph.Singles(constant);
                ActivationRange range = ActivationRange.Of(values.Min(), values.Max());
                byte[] levels = [.. values.Select(value => (byte)Math.Clamp(MathF.Round(value / range.Scale) + range.ZeroPoint, 0, 255))];
                node.Input[k] = Constant($"{original.Output[0]}/constant_{k}", levels, TensorProto.Types.DataType.Uint8, [.. constant.Dims], [range.Scale], [range.ZeroPoint], null);
            }
        }
    }

    /// <summary>Adds an integer constant and its dequantization, and returns the name of the result.</summary>
    private string Constant<T, TZero>(
        string name, T[] values, TensorProto.Types.DataType type, long[] dims, float[] scales, TZero[]? zero, int? axis)
        where T : unmanaged
        where TZero : unmanaged
    {
        TensorProto tensor = Tensor(name + "/quantized", values, type);
        tensor.Dims.Clear();
        tensor.Dims.AddRange(dims);
        TensorProto scale = Tensor(name + "/scale", scales, TensorProto.Types.DataType.Float);
        _added.Add(tensor);
        _added.Add(scale);
        List<string> inputs = [tensor.Name, scale.Name];
        if (zero is not null)
        {
            _added.Add(Tensor(name + "/zero_point", zero, type));
            inputs.Add(name + "/zero_point");
        }

        foreach (TensorProto perChannel in axis is null ? [] : _added.TakeLast(inputs.Count - 1))
        {
            perChannel.Dims.Clear();
            perChannel.Dims.Add(scales.Length);
        }

        NodeProto node = Node("DequantizeLinear", [.. inputs], name + "/dequantized");
        if (axis is { } along)
        {
            node.Attribute.Add(new AttributeProto { Name = "axis", I = along, Type = AttributeProto.Types.AttributeType.Int });
        }

        _nodes.Add(node);
        return node.Output[0];
    }

    private static NodeProto Node(string type, string[] inputs, string output)
    {
        NodeProto node = new() { OpType = type, Name = output + "/" + type };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        return node;
    }

    /// <summary>A tensor in little-endian bytes: a scalar for one value, otherwise a vector.</summary>
    private static TensorProto Tensor<T>(string name, T[] values, TensorProto.Types.DataType type)
        where T : unmanaged
    {
        TensorProto tensor = new() { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };
        if (values.Length != 1)
        {
            tensor.Dims.Add(values.Length);
        }

        return tensor;
    }
}
