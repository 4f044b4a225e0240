using System.Runtime.InteropServices;
using Google.Protobuf;
using Graft.Export;
using Onnx;

namespace Graft.Tests.Export;

/// <summary>
/// Builds networks of YOLOv8's shape with random weights as ONNX models: strided convolutions with SiLU, C2f blocks, SPPF, a neck with
/// upsampling, a head with box distributions and their decoding. Input <c>images</c> [1,3,S,S], output <c>output0</c> [1,4+classes,anchors].
/// </summary>
internal sealed class SmallYolo
{
    private readonly GraphProto _graph = new() { Name = "small" };
    private readonly Random _random;
    private int _tensors;

    private SmallYolo(int seed) => _random = new Random(seed);

    /// <param name="size">Sides of the input, a multiple of 32.</param>
    /// <param name="width">Channels of the first convolution; the N size has 16, S has 32.</param>
    /// <param name="depth">Bottlenecks of the middle blocks.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the weights.</param>
    internal static ModelProto Build(int size, int width, int depth = 1, int classes = 3, int seed = 1)
    {
        SmallYolo net = new(seed);
        net.Forward(size, width, depth, classes);
        ModelProto model = new() { IrVersion = 8, ProducerName = "test", Graph = net._graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        model.MetadataProps.Add(new StringStringEntryProto { Key = "names", Value = "{0: 'a'}" });
        return model;
    }

    /// <summary>Smooth random images: sums of a few waves per channel, 0 to 1.</summary>
    internal static IEnumerable<IReadOnlyList<CalibrationTensor>> Images(int size, int count, int seed)
    {
        for (int image = 0; image < count; image++)
        {
            Random random = new((seed * 1000) + image);
            float[] values = new float[3 * size * size];
            for (int c = 0; c < 3; c++)
            {
                double fx = random.NextDouble() * 0.5, fy = random.NextDouble() * 0.5, phase = random.NextDouble() * 6, noise = random.NextDouble() * 0.3;
                for (int i = 0; i < size * size; i++)
                {
                    double wave = Math.Sin((i % size * fx) + (i / size * fy) + phase);
                    values[(c * size * size) + i] = (float)Math.Clamp(0.5 + (0.35 * wave) + (noise * (random.NextDouble() - 0.5)), 0, 1);
                }
            }

            yield return [new CalibrationTensor("images", values, [1, 3, size, size])];
        }
    }

    private void Forward(int size, int width, int depth, int classes)
    {
        _graph.Input.Add(Value("images", [1, 3, size, size]));
        int w = width, anchors = (size / 8 * (size / 8)) + (size / 16 * (size / 16)) + (size / 32 * (size / 32));
        string x = Unit("stem", "images", 3, w, 3, 2);
        x = C2f("b1", Unit("d1", x, w, 2 * w, 3, 2), 2 * w, 2 * w, depth, true);
        string p3 = C2f("b2", Unit("d2", x, 2 * w, 4 * w, 3, 2), 4 * w, 4 * w, 2 * depth, true);
        string p4 = C2f("b3", Unit("d3", p3, 4 * w, 8 * w, 3, 2), 8 * w, 8 * w, 2 * depth, true);
        string p5 = Sppf(C2f("b4", Unit("d4", p4, 8 * w, 16 * w, 3, 2), 16 * w, 16 * w, depth, true), 16 * w);
        string n4 = C2f("n1", Join("j1", Up(p5), p4), 24 * w, 8 * w, depth, false);
        string n3 = C2f("n2", Join("j2", Up(n4), p3), 12 * w, 4 * w, depth, false);
        string o4 = C2f("n3", Join("j3", Unit("u1", n3, 4 * w, 4 * w, 3, 2), n4), 12 * w, 8 * w, depth, false);
        string o5 = C2f("n4", Join("j4", Unit("u2", o4, 8 * w, 8 * w, 3, 2), p5), 24 * w, 16 * w, depth, false);
        int boxes = Math.Max(16, w), scores = Math.Max(4 * w, Math.Min(classes, 100));
        List<string> levels = [];
        foreach ((string name, string map, int channels) in new[] { ("h3", n3, 4 * w), ("h4", o4, 8 * w), ("h5", o5, 16 * w) })
        {
            string box = Conv($"{name}.box", Unit($"{name}.box2", Unit($"{name}.box1", map, channels, 4 * boxes, 3, 1), 4 * boxes, 4 * boxes, 3, 1), 4 * boxes, 64, 1, 1);
            string score = Conv($"{name}.cls", Unit($"{name}.cls2", Unit($"{name}.cls1", map, channels, scores, 3, 1), scores, scores, 3, 1), scores, classes, 1, 1);
            string both = Join($"{name}.join", box, score);
            levels.Add(Node("Reshape", [both, Integers([1, 64 + classes, -1])]));
        }

        Decode(Node("Concat", [.. levels], ("axis", 2)), classes, anchors);
    }

    private void Decode(string joined, int classes, int anchors)
    {
        string box = Node("Slice", [joined, Integers([0]), Integers([64]), Integers([1])]);
        string score = Node("Slice", [joined, Integers([64]), Integers([64 + classes]), Integers([1])]);
        string bins = Node("Transpose", [Node("Reshape", [box, Integers([1, 4, 16, anchors])])], ("perm", new long[] { 0, 2, 1, 3 }));
        string softmax = Node("Softmax", [bins], ("axis", 1));
        string expectation = Weight([1, 16, 1, 1], [.. Enumerable.Range(0, 16).Select(i => (float)i)]);
        string distances = Node("Reshape", [Node("Conv", [softmax, expectation]), Integers([1, 4, anchors])]);
        string centres = Weight([1, 4, anchors], [.. Enumerable.Range(0, 4 * anchors).Select(i => i % 97 / 3f)]);
        string decoded = Node("Mul", [Node("Add", [distances, centres]), Weight([], [8f])]);
        Node("Concat", [decoded, Node("Sigmoid", [score])], "output0", ("axis", 1));
        _graph.Output.Add(Value("output0", [1, 4 + classes, anchors]));
    }

    private string C2f(string name, string x, int from, int to, int depth, bool residual)
    {
        int half = to / 2;
        string first = Unit($"{name}.cv1", x, from, to, 1, 1);
        NodeProto split = new() { OpType = "Split", Name = $"{name}.split" };
        split.Input.AddRange([first, Integers([half, half])]);
        split.Output.AddRange([$"{name}.left", $"{name}.right"]);
        split.Attribute.Add(Attribute("axis", 1));
        _graph.Node.Add(split);
        List<string> parts = [.. split.Output];
        for (int i = 0; i < depth; i++)
        {
            string y = Unit($"{name}.m{i}.cv2", Unit($"{name}.m{i}.cv1", parts[^1], half, half, 3, 1), half, half, 3, 1);
            parts.Add(residual ? Node("Add", [parts[^1], y]) : y);
        }

        return Unit($"{name}.cv2", Join($"{name}.join", [.. parts]), half * parts.Count, to, 1, 1);
    }

    private string Sppf(string x, int channels)
    {
        string first = Unit("sppf.cv1", x, channels, channels / 2, 1, 1);
        List<string> pools = [first];
        for (int i = 0; i < 3; i++)
        {
            pools.Add(Node("MaxPool", [pools[^1]], ("kernel_shape", new long[] { 5, 5 }), ("pads", new long[] { 2, 2, 2, 2 }), ("strides", new long[] { 1, 1 })));
        }

        return Unit("sppf.cv2", Join("sppf.join", [.. pools]), 2 * channels, channels, 1, 1);
    }

    private string Up(string x)
        => Node("Resize", [x, "", Weight([4], [1, 1, 2, 2])], ("mode", "nearest"), ("nearest_mode", "floor"), ("coordinate_transformation_mode", "asymmetric"));

    private string Join(string name, params string[] parts) => Node("Concat", parts, name, ("axis", 1));

    /// <summary>A convolution with SiLU.</summary>
    private string Unit(string name, string x, int from, int to, int kernel, int stride)
    {
        string y = Conv(name, x, from, to, kernel, stride);
        return Node("Mul", [y, Node("Sigmoid", [y])]);
    }

    private string Conv(string name, string x, int from, int to, int kernel, int stride)
    {
        // Uneven channels, as trained networks have them; about the size of the input comes out of convolution and SiLU.
        double gain = 1.7 / Math.Sqrt(from * kernel * kernel);
        double[] sizes = [.. Enumerable.Range(0, to).Select(_ => gain * (0.5 + _random.NextDouble()))];
        float[] weights = [.. Enumerable.Range(0, to * from * kernel * kernel).Select(i => (float)(sizes[i / (from * kernel * kernel)] * Normal()))];
        float[] bias = [.. Enumerable.Range(0, to).Select(_ => (float)(0.3 * Normal()))];
        int pad = kernel / 2;
        return Node("Conv", [x, Weight([to, from, kernel, kernel], weights), Weight([to], bias)], name,
            ("kernel_shape", new long[] { kernel, kernel }), ("pads", new long[] { pad, pad, pad, pad }), ("strides", new long[] { stride, stride }));
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private string Node(string type, string[] inputs, params (string Name, object Value)[] attributes) => Node(type, inputs, $"t{_tensors++}", attributes);

    private string Node(string type, string[] inputs, string output, params (string Name, object Value)[] attributes)
    {
        NodeProto node = new() { OpType = type, Name = output == "output0" ? "decode" : output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes.Select(attribute => Attribute(attribute.Name, attribute.Value)));
        _graph.Node.Add(node);
        return output;
    }

    private static AttributeProto Attribute(string name, object value)
    {
        AttributeProto attribute = new() { Name = name };
        switch (value)
        {
            case int number:
                (attribute.I, attribute.Type) = (number, AttributeProto.Types.AttributeType.Int);
                break;
            case string text:
                (attribute.S, attribute.Type) = (ByteString.CopyFromUtf8(text), AttributeProto.Types.AttributeType.String);
                break;
            default:
                attribute.Ints.AddRange((long[])value);
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                break;
        }

        return attribute;
    }

    private string Weight(long[] dims, float[] values) => Constant(dims, MemoryMarshal.AsBytes(values.AsSpan()), TensorProto.Types.DataType.Float);

    private string Integers(long[] values) => Constant([values.Length], MemoryMarshal.AsBytes(values.AsSpan()), TensorProto.Types.DataType.Int64);

    private string Constant(long[] dims, ReadOnlySpan<byte> bytes, TensorProto.Types.DataType type)
    {
        TensorProto tensor = new() { Name = $"c{_graph.Initializer.Count}", DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.AddRange(dims);
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    private static ValueInfoProto Value(string name, long[] shape)
    {
        TensorShapeProto dims = new();
        dims.Dim.AddRange(shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = dims } } };
    }
}
