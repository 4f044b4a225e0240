using Graft.Detectors;
using Graft.Export;
using Graft.Torch;
using Onnx;

namespace Graft.Tests.Export;

/// <summary>The choice of final boxes in a graph is verified without any image: noise gives no boxes, so each of these faults shows on the graph's
/// own candidates alone.</summary>
public class SelectionProofTests
{
    private static readonly InputSize Size = new(1, 64, 96);
    private static readonly ExportOptions Suppressed = new() { Size = Size, Suppression = true, Thresholds = new() { ScoreThreshold = 0.9, MaxPerImage = 100 } };
    private static readonly ExportOptions Twenty = new() { Size = Size, Thresholds = new() { MaxPerImage = 20 } };

    [Fact]
    public void SuppressionInTheGraph_IsComparedBoxByBox()
    {
        using ExportCase exported = ExportCase.Small("", "baked");
        Assert.InRange(Write(exported, Suppressed).Proof.Chosen, 100, 300);
        Refuse(exported, Suppressed, graph => Number(graph, Suppressing(graph).Input[3], 0.65f), "chooses other final boxes");
        Refuse(exported, Suppressed, graph => Number(graph, Suppressing(graph).Input[4], 0.91f), "chooses other final boxes");
        Refuse(exported, Suppressed, graph => Set(Suppressing(graph), "center_point_box", 1), "chooses other final boxes");
        Refuse(exported, Suppressed, graph => Set(Single(graph, "TopK"), "largest", 0), "chooses other final boxes");
        Refuse(exported, Suppressed, graph => Labels(graph).Input[0] = Labels(graph).Input[0].Replace(".1", ".0", StringComparison.Ordinal), "chooses other final boxes");
        Refuse(exported, Suppressed, graph => Single(graph, "Concat", node => node.Input.Contains(Labels(graph).Output[0])).Input[0] = Swapped(graph), "chooses other final boxes");
        Refuse(exported, Suppressed, graph => Suppressing(graph).Input[1] = Halved(graph, Suppressing(graph).Input[1]), "the decoding differs by");
    }

    [Fact]
    public void SelectionWithoutSuppression_IsComparedBoxByBox()
    {
        using ExportCase exported = ExportCase.Of("yolov10/n", "merged");
        Assert.Equal(4 * 20, Write(exported, Twenty).Proof.Chosen);
        Refuse(exported, Twenty, graph => Set(First(graph, "TopK"), "largest", 0), "chooses other final boxes");
        Refuse(exported, Twenty, graph => Set(Last(graph, "TopK"), "largest", 0), "chooses other final boxes");
        Refuse(exported, Twenty, graph => First(graph, "ReduceMax", node => node.Output.Any(First(graph, "TopK").Input.Contains)).OpType = "ReduceMin", "chooses other final boxes");
        Refuse(exported, Twenty, graph => Single(graph, "Mod").Input[1] = Integer(graph, 79), "chooses other final boxes");
        Refuse(exported, Twenty, graph => Single(graph, "Div").Input[1] = Integer(graph, 79), "chooses other final boxes");
    }

    [Fact]
    public void OpenAxes_AreComparedAtOtherSizes()
    {
        using ExportCase ends = ExportCase.Of("yolov10/n", "merged"), text = ExportCase.Small("", "kept");
        // 64×96 once, and 192×320 twice: the network's maps and three random ones, of each the best twenty.
        Assert.Equal(3 * 4 * 20, Write(ends, Twenty with { DynamicBatch = true, DynamicSize = true }).Proof.Chosen);
        ExportReport report = Write(text, Suppressed with { DynamicSize = true, TextInput = true });
        Assert.Equal(2, report.Proof.Inputs);
        Assert.InRange(report.Proof.Chosen, 2 * 100, 800);
    }

    [Fact]
    public void OpenSize_WithFewerCandidatesThanRows_IsFilledWithZeros()
    {
        const int Rows = 7000, Candidates = 84 * 80;                                  // 84 anchor points at 64×64, 126 at 64×96
        using TemporaryFolder folder = new();
        using ExportCase ends = ExportCase.Of("yolov10/n", "merged");
        string path = folder.At("dynamic.onnx");
        ends.Write(path, new ExportOptions { Size = Size, DynamicBatch = true, DynamicSize = true, Thresholds = new() { MaxPerImage = Rows } });
        using TensorScope scope = TensorScope.Begin();
        using OnnxRun session = new(File.ReadAllBytes(path));
        float[] found = session.Run(Tensor.RandN(2, 3, 64, 64), text: null)[0].ToSingles();
        Assert.Equal(2 * Rows * 6, found.Length);
        Assert.True(found[((Candidates - 1) * 6) + 4] > 0);
        Assert.All(found[(Candidates * 6)..(Rows * 6)], value => Assert.Equal(0, value));
        Assert.True(found[(Rows * 6) + 4] > 0);
    }

    [Theory]
    [InlineData(false, true, "predict.multi_label=false")]
    [InlineData(true, false, "predict.class_agnostic=true")]
    public void SettingsThatTheGraphDoesNotFollow_AreRefused(bool agnostic, bool narrow, string named)
    {
        using ExportCase exported = ExportCase.Small("", "baked");
        GraftException error = Assert.Throws<GraftException>(() => Write(
            exported, Suppressed with { Thresholds = Suppressed.Thresholds with { ClassAgnostic = agnostic, MultiLabel = !narrow } }));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightsThatFloat16CannotHold_AreRefusedWithoutImages()
    {
        using ExportCase exported = ExportCase.Small("", "baked");
        ExportOptions half = new() { Size = Size, Half = true };
        Assert.NotNull(Write(exported, half).Proof.Half);
        // Equal in float32; in float16 the weights become zero.
        Refuse(exported, half, graph => Rescale(graph, 1e-8f), "Rounding the weights to float16");
    }

    /// <summary>Rounding in a network may move boxes, which are in pixels, by more than raw outputs; scores may not move as far.</summary>
    [Fact]
    public void DecodedBoxes_AreComparedInPixels_AndScoresBySmallerLimits()
    {
        using ExportCase exported = ExportCase.Small("", "baked");
        ExportOptions plain = new() { Size = Size };
        Assert.Equal(1, Write(exported, plain, graph => Shift(graph.Model.Graph, 0, 0.05f)).Proof.Inputs);
        Refuse(exported, plain, graph => Shift(graph, 0, 0.3f), "output0 differs by 0.3");
        Refuse(exported, plain, graph => Shift(graph, ^1, 0.002f), "scores by up to 0.002");
    }

    /// <summary>Adds a number to the boxes, first, or to the scores, last.</summary>
    private static void Shift(GraphProto graph, Index part, float by)
    {
        NodeProto output = graph.Node.Single(node => node.Output.Contains("output0"));
        graph.Initializer.Add(OnnxTensors.Of("shift", [by]));
        int at = part.GetOffset(output.Input.Count);
        output.Input[at] = Insert(graph, "Add", output.Input[at], "shift");
    }

    private static ExportReport Write(ExportCase exported, ExportOptions options, Action<ExportedGraph>? change = null)
    {
        using TemporaryFolder folder = new();
        return exported.Write(folder.At("model.onnx"), options, change);
    }

    private static void Refuse(ExportCase exported, ExportOptions options, Action<GraphProto> change, string part)
    {
        using TemporaryFolder folder = new();
        GraftException error = Assert.Throws<GraftException>(() => exported.Write(folder.At("model.onnx"), options, graph => change(graph.Model.Graph)));
        Assert.Equal(Failure.Export, error.Failure);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static NodeProto Suppressing(GraphProto graph) => Single(graph, "NonMaxSuppression");

    /// <summary>The node that makes the classes of the rows numbers.</summary>
    private static NodeProto Labels(GraphProto graph) => Single(graph, "Cast", node => node.Attribute[0].I == (int)TensorProto.Types.DataType.Float);

    private static NodeProto Single(GraphProto graph, string operation, Func<NodeProto, bool>? which = null)
        => graph.Node.Single(node => node.OpType == operation && which?.Invoke(node) != false);

    private static NodeProto First(GraphProto graph, string operation, Func<NodeProto, bool>? which = null)
        => graph.Node.First(node => node.OpType == operation && which?.Invoke(node) != false);

    private static NodeProto Last(GraphProto graph, string operation) => graph.Node.Last(node => node.OpType == operation);

    private static void Number(GraphProto graph, string name, float value)
        => graph.Initializer.Single(tensor => tensor.Name == name).RawData = OnnxTensors.Of("", [value]).RawData;

    private static void Set(NodeProto node, string attribute, int value)
    {
        if (node.Attribute.FirstOrDefault(found => found.Name == attribute) is { } old)
        {
            node.Attribute.Remove(old);
        }

        node.Attribute.Add(GraphBuilder.AttributeOf(attribute, value));
    }

    private static string Integer(GraphProto graph, long value)
    {
        graph.Initializer.Add(OnnxTensors.Of("wrong", [value]));
        return "wrong";
    }

    /// <summary>The chosen boxes in reverse order.</summary>
    private static string Swapped(GraphProto graph)
    {
        NodeProto rows = Single(graph, "Concat", node => node.Input.Contains(Labels(graph).Output[0]));
        graph.Initializer.Add(OnnxTensors.Of("starts", [-1L], 1));
        graph.Initializer.Add(OnnxTensors.Of("ends", [long.MinValue], 1));
        graph.Initializer.Add(OnnxTensors.Of("axes", [0L], 1));
        graph.Initializer.Add(OnnxTensors.Of("steps", [-1L], 1));
        return Insert(graph, "Slice", rows.Input[0], "starts", "ends", "axes", "steps");
    }

    private static string Halved(GraphProto graph, string value)
    {
        graph.Initializer.Add(OnnxTensors.Of("two", [2f]));
        return Insert(graph, "Div", value, "two");
    }

    /// <summary>Scales the last convolution's weights, and its result back.</summary>
    private static void Rescale(GraphProto graph, float factor)
    {
        NodeProto conv = Last(graph, "Conv");
        foreach (string name in conv.Input.Skip(1))
        {
            TensorProto tensor = graph.Initializer.Single(found => found.Name == name);
            tensor.RawData = OnnxTensors.Of("", [.. OnnxTensors.Singles(tensor).Select(value => value * factor)]).RawData;
        }

        string output = conv.Output[0];
        conv.Output[0] = "small";
        graph.Initializer.Add(OnnxTensors.Of("factor", [factor]));
        Insert(graph, "Div", "small", "factor");
        graph.Node.Single(node => node.Name == "test.Div").Output[0] = output;
    }

    /// <summary>Adds a node after the one that gives its first input.</summary>
    private static string Insert(GraphProto graph, string operation, params string[] inputs)
    {
        NodeProto node = new() { OpType = operation, Name = $"test.{operation}" };
        node.Input.AddRange(inputs);
        node.Output.Add(node.Name);
        int after = Enumerable.Range(0, graph.Node.Count).Last(i => graph.Node[i].Output.Contains(inputs[0]));
        graph.Node.Insert(after + 1, node);
        return node.Name;
    }
}
