using Onnx;

namespace Graft.Export;

/// <summary>Builds an ONNX graph: each method adds one node and returns the name of its result.</summary>
internal sealed class GraphBuilder
{
    /// <summary>The operator set that all nodes belong to.</summary>
    internal const int Opset = 17;

    private readonly HashSet<string> _names = [];
    private readonly Dictionary<string, string> _integers = [];

    /// <summary>The graph as built so far.</summary>
    internal GraphProto Graph { get; } = new() { Name = "graft" };

    /// <summary>Dotted path of the layer that the next nodes belong to; part of their names.</summary>
    internal string Layer { get; set; } = "";

    /// <summary>Adds an input or, with <paramref name="output"/>, an output.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="output">Whether it is an output.</param>
    /// <param name="dimensions">Lengths as integers, or names of dynamic ones.</param>
    internal string Declare(string name, bool output, params object[] dimensions)
    {
        _names.Add(name);
        (output ? Graph.Output : Graph.Input).Add(ValueOf(name, dimensions));
        return name;
    }

    /// <summary>Adds a node with one result.</summary>
    /// <param name="operation">ONNX operator.</param>
    /// <param name="inputs">Names; an empty one for an omitted optional input.</param>
    /// <param name="attributes">Integers, numbers, texts or lists of integers.</param>
    internal string Add(string operation, string[] inputs, params (string Name, object Value)[] attributes)
        => AddMany(operation, inputs, 1, attributes)[0];

    /// <summary>Adds a node with several results.</summary>
    internal string[] AddMany(string operation, string[] inputs, int results, params (string Name, object Value)[] attributes)
    {
        string name = Unique(Layer.Length == 0 ? operation : $"{Layer}.{operation}");
        NodeProto node = new() { OpType = operation, Name = name };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes.Select(attribute => AttributeOf(attribute.Name, attribute.Value)));
        string[] outputs = results == 1 ? [name] : [.. Enumerable.Range(0, results).Select(i => Unique($"{name}.{i}"))];
        node.Output.AddRange(outputs);
        Graph.Node.Add(node);
        return outputs;
    }

    /// <summary>Adds a float32 constant.</summary>
    internal string Constant(string name, ReadOnlySpan<float> values, params IEnumerable<long> shape)
    {
        TensorProto tensor = OnnxTensors.Of(Unique(name), values, shape);
        Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>A float32 scalar.</summary>
    internal string Scalar(double value) => Constant("scalar", [(float)value]);

    /// <summary>A list of integers as a one-dimensional constant; equal lists are stored once.</summary>
    internal string Integers(params long[] values) => Integers(values, [values.Length]);

    /// <summary>An integer without an axis.</summary>
    internal string Integer(long value) => Integers([value], []);

    private string Integers(long[] values, long[] shape)
    {
        string key = $"{string.Join(',', values)}/{shape.Length}";
        if (!_integers.TryGetValue(key, out string? name))
        {
            TensorProto tensor = OnnxTensors.Of(Unique("integers"), values, shape);
            Graph.Initializer.Add(tensor);
            _integers[key] = name = tensor.Name;
        }

        return name;
    }

    /// <summary>A name that no other value has.</summary>
    internal string Unique(string wanted)
    {
        string name = wanted;
        for (int number = 2; !_names.Add(name); number++)
        {
            name = $"{wanted}_{number}";
        }

        return name;
    }

    /// <summary>An attribute of a node.</summary>
    internal static AttributeProto AttributeOf(string name, object value)
    {
        AttributeProto attribute = new() { Name = name };
        switch (value)
        {
            case int or long:
                (attribute.Type, attribute.I) = (AttributeProto.Types.AttributeType.Int, System.Convert.ToInt64(value, null));
                break;
            case float or double:
                (attribute.Type, attribute.F) = (AttributeProto.Types.AttributeType.Float, System.Convert.ToSingle(value, null));
                break;
            case string text:
                (attribute.Type, attribute.S) = (AttributeProto.Types.AttributeType.String, Google.Protobuf.ByteString.CopyFromUtf8(text));
                break;
            case long[] integers:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.AddRange(integers);
                break;
            default:
                throw new ArgumentException($"An attribute cannot be a {value.GetType().Name}.", nameof(value));
        }

        return attribute;
    }

    /// <summary>The declaration of a float32 value.</summary>
    internal static ValueInfoProto ValueOf(string name, params object[] dimensions)
    {
        TypeProto.Types.Tensor type = new() { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new TensorShapeProto() };
        foreach (object dimension in dimensions)
        {
            type.Shape.Dim.Add(dimension is string symbol
                ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
                : new TensorShapeProto.Types.Dimension { DimValue = System.Convert.ToInt64(dimension, null) });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = type } };
    }
}
