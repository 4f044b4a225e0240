using Google.Protobuf;
using Graft.Export;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Graft.Tests.Export;

/// <summary>The quantized graph: what ONNX Runtime makes of it, and how far its values are from those in float.</summary>
[SideBySide]
public sealed class QdqWriterTests
{
    private const int Size = 64, Width = 8;
    private static readonly Lazy<Calibrator> Calibrated = new(() => Calibrator.Run(SmallYolo.Build(Size, Width), SmallYolo.Images(Size, 3, 1), 1));

    [Fact]
    public void AllLayersAndTheirConnections_RunAsIntegerKernels()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("int8.onnx");
        ModelProto source = Calibrated.Value.Plan.Graph.Model;
        File.WriteAllBytes(path, Quantized([]).ToByteArray());
        IReadOnlyDictionary<string, int> counts = OptimizedGraph.Count(path);

        // The source has one more convolution, sigmoid, product and sum, and two more joins: those of the decoding.
        Assert.Equal(Count(source, "Conv") - 1, counts["QLinearConv"]);
        Assert.Equal(Count(source, "Sigmoid") - 1, counts["QLinearSigmoid"]);
        Assert.Equal(Count(source, "Mul") - 1, counts["QLinearMul"]);
        Assert.Equal(Count(source, "Add") - 1, counts["QLinearAdd"]);
        Assert.Equal((1, 1, 1, 1), (counts["Conv"], counts["Sigmoid"], counts["Mul"], counts["Add"]));
        Assert.Equal(Count(source, "Concat"), counts["QLinearConcat"] + counts["Concat"]);

        // One quantization of the image; the outputs of the last six layers return to float.
        Assert.Equal((1, 6), (counts["QuantizeLinear"], counts["DequantizeLinear"]));
        Assert.Equal(counts.Where(entry => entry.Key.StartsWith("QLinear", StringComparison.Ordinal)).Sum(entry => entry.Value), OptimizedGraph.Integer(counts));
    }

    [Fact]
    public void TheSourceIsUnchanged_AndMetadataIsKept()
    {
        ModelProto source = Calibrated.Value.Plan.Graph.Model;
        byte[] before = source.ToByteArray();
        ModelProto quantized = Quantized([]);
        Assert.Equal(before, source.ToByteArray());
        Assert.Equal(source.MetadataProps, quantized.MetadataProps);
        Assert.Equal(source.Graph.Input, quantized.Graph.Input);
        Assert.Equal(source.Graph.Output, quantized.Graph.Output);
        Assert.Equal(Quantized([]).ToByteArray(), quantized.ToByteArray());
        Assert.True(quantized.CalculateSize() < before.Length / 2);
    }

    [Fact]
    public void ALayerInFloat_KeepsItsWeights_AndNothingElseChanges()
    {
        using TemporaryFolder folder = new();
        QuantizationPlan plan = Calibrated.Value.Plan;
        int group = plan.Groups.ToList().FindIndex(found => found.Name == "b2.m0.cv1");
        ModelProto quantized = Quantized([group]);
        NodeProto layer = quantized.Graph.Node.Single(node => node.Name == "b2.m0.cv1"), source = plan.Groups[group].Nodes[0];
        Assert.Equal(source.Input.Skip(1), layer.Input.Skip(1));
        Assert.Equal(plan.Graph.Constant(source.Input[1]), quantized.Graph.Initializer.Single(initializer => initializer.Name == source.Input[1]));

        string path = folder.At("mixed.onnx");
        File.WriteAllBytes(path, quantized.ToByteArray());
        IReadOnlyDictionary<string, int> counts = OptimizedGraph.Count(path);
        Assert.Equal(plan.Groups.Count - 1, counts["QLinearConv"]);
        Assert.Equal(plan.Groups.Count(found => found.Nodes.Count == 3) - 1, counts["QLinearSigmoid"]);
    }

    [Fact]
    public void PerChannelScalesInTheFile_AreExact()
    {
        ModelProto quantized = Quantized([]);
        Dictionary<string, TensorProto> constants = quantized.Graph.Initializer.ToDictionary(initializer => initializer.Name);
        QuantizationPlan plan = Calibrated.Value.Plan;
        foreach (NodeProto layer in plan.Groups.Select(group => group.Nodes[0]))
        {
            string weight = quantized.Graph.Node.Single(node => node.Output.Contains(layer.Output[0])).Input[1];
            NodeProto dequantize = quantized.Graph.Node.Single(node => node.Output.Contains(weight));
            float[] weights = OnnxTensors.Singles(plan.Graph.Constant(layer.Input[1])!), scales = OnnxTensors.Singles(constants[dequantize.Input[1]]);
            int inner = weights.Length / scales.Length;
            Assert.Equal(weights.Chunk(inner).Select(channel => (float)(channel.Max(Math.Abs) / 127.0)), scales);
        }
    }

    [Fact]
    public void OperatorsBetweenFloatOperators_StayInFloat()
    {
        // A scale and a shift between two square roots have nothing to gain from integers; the convolutions around do.
        ModelProto model = QuantizationError.OnlyWith(SmallYolo.Build(Size, Width), ["stem"]);
        foreach ((string type, string[] inputs, string output) in new (string, string[], string)[]
        {
            ("Abs", ["stem"], "a"), ("Sqrt", ["a"], "b"), ("Mul", ["b", "factor"], "c"), ("Add", ["c", "factor"], "d"), ("Sqrt", ["d"], "e"), ("Conv", ["e", "last"], "f"),
        })
        {
            NodeProto node = new() { OpType = type, Name = output };
            node.Input.AddRange(inputs);
            node.Output.Add(output);
            model.Graph.Node.Add(node);
        }

        model.Graph.Initializer.Add(OnnxTensors.Of("factor", [2f]));
        model.Graph.Initializer.Add(OnnxTensors.Of("last", [.. Enumerable.Range(1, Width).Select(i => i / 8f)], 1, Width, 1, 1));
        model.Graph.Output[0].Name = "f";
        QuantizationPlan plan = Calibrator.Run(model, SmallYolo.Images(Size, 1, 1), 1).Plan;
        Assert.Equal(["stem", "f"], plan.Groups.Select(group => group.Name));
        Assert.Equal(["stem", "f"], plan.Quantized(new HashSet<int>()).Select(QuantizationPlan.NameOf).OrderDescending());
    }

    [Fact]
    public void TensorsThatRepeatValues_ShareTheirLevels()
    {
        QuantizationPlan plan = Calibrated.Value.Plan;
        ActivationScales scales = Scales([]);
        NodeProto[] repeating = [.. plan.Graph.Nodes.Where(node => plan.Has(node) && QuantizationOperators.KeepsRange(node))];
        Assert.Contains(repeating, node => node.OpType == "MaxPool");
        Assert.Contains(repeating, node => node.OpType == "Split");
        Assert.Contains(repeating, node => node.OpType == "Resize");
        Assert.All(repeating, node => Assert.All(node.Output, output => Assert.Equal(scales[node.Input[0]], scales[output])));
    }

    [Theory]
    [InlineData(0.001), InlineData(0.05), InlineData(0.4)]
    public void SiluFloor_IsWhereTheRestIsHalfAStep(double step)
    {
        double floor = ActivationScales.SiluFloor(step);
        Assert.Equal(step / 2, -floor / (1 + Math.Exp(-floor)), 1e-6);
        Assert.True(floor < -1.278);
    }

    [Theory]
    [InlineData(8), InlineData(7)]
    public void OneLayer_IsWithinTheBoundOfItsScales(int bits)
    {
        // The first convolution alone, as the output of the model.
        ModelProto model = QuantizationError.OnlyWith(SmallYolo.Build(Size, Width), ["stem"]);
        Calibrator calibrator = Calibrator.Run(model, SmallYolo.Images(Size, 2, 5), 1);
        HashSet<NodeProto> quantized = calibrator.Plan.Quantized(new HashSet<int>());
        ActivationScales scales = ActivationScales.Of(calibrator.Plan.Graph, quantized, calibrator.Ranges(new CalibrationChoice(CalibrationMethod.MinMax)));
        ModelProto integer = QdqWriter.Write(calibrator.Plan, quantized, scales, bits);
        float[] weights = OnnxTensors.Singles(calibrator.Plan.Graph.Constant(model.Graph.Node[0].Input[1])!);
        int channels = Width, inner = weights.Length / channels, most = (1 << (bits - 1)) - 1;
        double input = scales["images"].Scale, output = scales["stem"].Scale;
        foreach (IReadOnlyList<CalibrationTensor> image in SmallYolo.Images(Size, 2, 5))
        {
            float[] expected = Run(model, image, "stem"), found = Run(integer, image, "stem");
            int plane = expected.Length / channels;
            for (int i = 0; i < expected.Length; i++)
            {
                float[] own = weights[(i / plane * inner)..(((i / plane) + 1) * inner)];
                double weight = own.Max(Math.Abs) / (double)most;

                // Rounded inputs times weights, inputs (0 to 1) times rounded weights, the rounded bias, the rounded output.
                double bound = (own.Sum(value => Math.Abs(value)) * input / 2) + (inner * weight / 2 * (1 + (input / 2))) + (input * weight / 2) + (output / 2);
                Assert.InRange(found[i] - expected[i], -1.001 * bound, 1.001 * bound);
            }
        }
    }

    [Fact]
    public void TheWholeNetwork_IsCloserWithMoreLayersInFloat_AndEqualWithAll()
    {
        Calibrator calibrator = Calibrated.Value;
        QuantizationError error = new(calibrator.Plan, SmallYolo.Images(Size, 2, 40), 1);
        int groups = calibrator.Plan.Groups.Count;
        double[] errors = [.. new[] { 0, groups / 2, groups }.Select(count => Enumerable.Range(0, count).ToHashSet())
            .Select(inFloat => error.Of(Quantized(inFloat), calibrator.Plan.Quantized(inFloat)))];
        Assert.InRange(errors[0], 1e-6, 0.1);
        Assert.True(errors[1] < errors[0]);
        Assert.Equal(0, errors[2]);
    }

    private static ActivationScales Scales(HashSet<int> inFloat)
        => ActivationScales.Of(Calibrated.Value.Plan.Graph, Calibrated.Value.Plan.Quantized(inFloat), Calibrated.Value.Ranges(new CalibrationChoice(CalibrationMethod.MinMax)));

    private static ModelProto Quantized(HashSet<int> inFloat)
        => QdqWriter.Write(Calibrated.Value.Plan, Calibrated.Value.Plan.Quantized(inFloat), Scales(inFloat), 8);

    private static int Count(ModelProto model, string type) => model.Graph.Node.Count(node => node.OpType == type);

    private static float[] Run(ModelProto model, IReadOnlyList<CalibrationTensor> input, string output)
    {
        using InferenceSession session = OnnxSessions.Open(model.ToByteArray(), "test", 1);
        float[] values = [];
        OnnxSessions.Run(session, input, [output], (_, value) => values = value.GetTensorDataAsSpan<float>().ToArray());
        return values;
    }
}
