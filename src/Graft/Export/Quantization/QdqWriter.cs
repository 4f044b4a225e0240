using System.Globalization;
using System.Runtime.InteropServices;
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
    private int _names;

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
        string name = NextName(), scale = name + ".scale", zero = name + ".zero_point", quantized = name + ".quantized";
        _added.Add(OnnxTensors.Of(scale, [range.Scale]));
        _added.Add(OnnxTensors.Of(zero, TensorProto.Types.DataType.Uint8, [range.ZeroPoint]));
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
            float[]? bias = convolution && original.Input.Count > 2 && original.Input[2].Length > 0 ? OnnxTensors.Singles(_graph.Constant(original.Input[2])!) : null;
            float inputScale = _scales[original.Input[0]].Scale;
            (sbyte[] values, float[] scales, int[]? biases) = QuantizedWeights.Of(OnnxTensors.Singles(weight), channels, inner, _weightBits, bias, inputScale);
            node.Input[1] = Constant(values, TensorProto.Types.DataType.Int8, [.. weight.Dims], scales, new sbyte[channels], axis);
            if (biases is not null)
            {
                node.Input[2] = Constant<int, int>(biases, TensorProto.Types.DataType.Int32, [channels], [.. scales.Select(scale => scale * inputScale)], null, 0);
            }

            return;
        }

        foreach (int k in Enumerable.Range(0, node.Input.Count).Where(k => QuantizationOperators.Data(original).Contains(original.Input[k])))
        {
            if (_graph.Constant(original.Input[k]) is { } constant)
            {
                float[] values = OnnxTensors.Singles(constant);
                ActivationRange range = ActivationRange.Of(values.Min(), values.Max());
                byte[] levels = [.. values.Select(value => (byte)Math.Clamp(MathF.Round(value / range.Scale) + range.ZeroPoint, 0, 255))];
                node.Input[k] = Constant(levels, TensorProto.Types.DataType.Uint8, [.. constant.Dims], [range.Scale], [range.ZeroPoint], null);
            }
        }
    }

    /// <summary>Adds an integer constant and its dequantization, and returns the name of the result.</summary>
    /// <param name="values">Integers.</param>
    /// <param name="type">Their type.</param>
    /// <param name="dims">Sizes.</param>
    /// <param name="scales">One scale, or one per index along the axis.</param>
    /// <param name="zero">As many zero points, or null: zero.</param>
    /// <param name="axis">The axis of the scales; null for a single scale.</param>
    private string Constant<T, TZero>(T[] values, TensorProto.Types.DataType type, long[] dims, float[] scales, TZero[]? zero, int? axis)
        where T : unmanaged
        where TZero : unmanaged
    {
        string name = NextName();
        long[] sizes = axis is null ? [] : [scales.Length];
        List<string> inputs = [name + ".quantized", name + ".scale"];
        _added.Add(OnnxTensors.Of(inputs[0], type, MemoryMarshal.AsBytes(values.AsSpan()), dims));
        _added.Add(OnnxTensors.Of(inputs[1], scales, sizes));
        if (zero is not null)
        {
            inputs.Add(name + ".zero_point");
            _added.Add(OnnxTensors.Of(inputs[2], type, MemoryMarshal.AsBytes(zero.AsSpan()), sizes));
        }

        NodeProto node = Node("DequantizeLinear", [.. inputs], name + ".dequantized");
        if (axis is { } along)
        {
            node.Attribute.Add(GraphBuilder.AttributeOf("axis", along));
        }

        _nodes.Add(node);
        return node.Output[0];
    }

    /// <summary>A short name: those of layers, written out for each constant, make small models a tenth larger.</summary>
    private string NextName() => string.Create(CultureInfo.InvariantCulture, $"int8.{_names++}");

    private NodeProto Node(string type, string[] inputs, string output)
    {
        NodeProto node = new() { OpType = type, Name = string.Create(CultureInfo.InvariantCulture, $"{type}.{_nodes.Count}") };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        return node;
    }
}
