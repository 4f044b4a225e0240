using System.Buffers.Binary;
using Google.Protobuf;
using Onnx;

namespace Graft.Runtime.Tests;

/// <summary>Writes small ONNX models node by node.</summary>
internal sealed class TestModel
{
    private readonly GraphProto _graph = new() { Name = "test" };
    private int _count;

    public Dictionary<string, string> Metadata { get; } = [];

    public int Opset { get; init; } = 17;

    public int IrVersion { get; init; } = 8;

    /// <summary>Adds an input; negative sizes are dynamic.</summary>
    public string Input(string name, TensorProto.Types.DataType type, params long[] shape)
    {
        _graph.Input.Add(Value(name, type, shape));
        return name;
    }

    public string Input(string name, params long[] shape) => Input(name, TensorProto.Types.DataType.Float, shape);

    public void Output(string name, string source, params long[] shape)
    {
        _graph.Node.Add(new NodeProto { OpType = "Identity", Input = { source }, Output = { name } });
        _graph.Output.Add(Value(name, TensorProto.Types.DataType.Float, shape));
    }

    public string Constant(float[] values, params long[] shape) => Constant($"c{_count++}", values, shape);

    public string Constant(string name, float[] values, params long[] shape)
    {
        byte[] bytes = new byte[sizeof(float) * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(sizeof(float) * i), values[i]);
        }

        _graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float, Dims = { shape }, RawData = ByteString.CopyFrom(bytes) });
        return name;
    }

    public string Integers(params long[] values)
    {
        string name = $"c{_count++}";
        _graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Int64, Dims = { values.Length }, Int64Data = { values } });
        return name;
    }

    public string Add(string operation, params string[] inputs) => Add(operation, inputs, []);

    public string Add(string operation, string[] inputs, params (string Name, long[] Values)[] attributes)
    {
        string output = $"v{_count++}";
        NodeProto node = new() { OpType = operation, Input = { inputs }, Output = { output } };
        foreach ((string name, long[] values) in attributes)
        {
            node.Attribute.Add(values.Length == 1 && name is not "axes"
                ? new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = values[0] }
                : new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } });
        }

        _graph.Node.Add(node);
        return output;
    }

    public string ReduceMax(string input, bool keeps, params long[] axes) => Add("ReduceMax", [input], ("axes", axes), ("keepdims", [keeps ? 1 : 0]));

    public byte[] ToBytes()
    {
        ModelProto model = new() { IrVersion = IrVersion, ProducerName = "test", Graph = _graph, OpsetImport = { new OperatorSetIdProto { Version = Opset } } };
        foreach ((string key, string value) in Metadata)
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        return model.ToByteArray();
    }

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, long[] shape)
    {
        TensorShapeProto dimensions = new();
        foreach (long size in shape)
        {
            dimensions.Dim.Add(size < 0 ? new TensorShapeProto.Types.Dimension { DimParam = $"{name}_{dimensions.Dim.Count}" } : new TensorShapeProto.Types.Dimension { DimValue = size });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dimensions } } };
    }
}
