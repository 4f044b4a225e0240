using System.Text.Json;
using Graft.Detectors;
using Graft.Export;
using Graft.Rewriting;
using Graft.Torch;
using Onnx;

namespace Graft.Tests.Export;

/// <summary>Forms of an exported model: every adapter, dynamic axes, text as an input, NMS in the graph, float16 weights, metadata.</summary>
public class OnnxExportTests
{
    private static readonly InputSize Size = new(1, 64, 96);

    [Theory]
    [InlineData("", 1)]
    [InlineData("lora rank=4", 2)]
    [InlineData("bottleneck reduction_ratio=2", 2)]
    [InlineData("hierarchical", 2)]
    [InlineData("rep_mona rank=4", 2)]
    [InlineData("rep_mona_bn rank=4", 2)]
    [InlineData("true_mona hidden_dim=8", 2)]
    [InlineData("true_mona_v2 hidden_dim=8", 1)]
    [InlineData("moe_rep_mona rank=4", 2)]
    [InlineData("moe_rep_mona_v2 rank=4 top_k=1", 2)]
    public void EveryAdapter_AsTrainedAndMerged(string adapter, int version)
    {
        using TemporaryFolder folder = new();
        foreach (string form in new[] { "kept", "merged" })
        {
            using ExportCase exported = ExportCase.Small(adapter, form, version);
            ExportReport report = exported.Write(folder.At($"{form}.onnx"));
            Assert.Equal(1, report.Proof.Inputs);
            Assert.Equal([("output0", "1,9,126")], report.Outputs);
        }
    }

    [Theory]
    [InlineData("kept", "")]
    [InlineData("baked", "")]
    [InlineData("neck-kept", "")]
    [InlineData("kept", "rep_mona rank=4")]
    [InlineData("kept", "moe_rep_mona_v2 rank=4 top_k=1")]
    public void DynamicBatchAndSize_RunAtOtherSizes(string form, string adapter)
    {
        using TemporaryFolder folder = new();
        using ExportCase exported = ExportCase.Small(adapter, form);
        string path = folder.At("dynamic.onnx");
        ExportReport report = exported.Write(path, new ExportOptions { Size = Size, DynamicBatch = true, DynamicSize = true });
        Assert.Equal([("output0", "batch,9,anchors")], report.Outputs);
        Assert.Equal(2, report.Proof.Inputs);
        Assert.False(report.Loaders["YoloDotNet 4"].Reads);
        OtherRuntimes.Require(path, 3, 3, 160, 224);
    }

    [Fact]
    public void AdapterThatRunsImageByImage_HasNoDynamicBatch_AndIsNamed()
    {
        using TemporaryFolder folder = new();
        using ExportCase exported = ExportCase.Small("true_mona hidden_dim=8", "merged");
        GraftException error = Assert.Throws<GraftException>(() => exported.Write(folder.At("no.onnx"), new ExportOptions { Size = Size, DynamicBatch = true }));
        Assert.Equal(Failure.Export, error.Failure);
        Assert.Contains("adapter", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("kept", 2, false)]
    [InlineData("merged", 2, true)]
    [InlineData("kept", 1, false)]
    public void TextInput_TakesAnyNumberOfPrompts(string form, int version, bool dynamic)
    {
        using TemporaryFolder folder = new();
        using ExportCase exported = ExportCase.Small("", form, version);
        string path = folder.At("text.onnx");
        exported.Write(path, new ExportOptions { Size = Size, TextInput = true, DynamicSize = dynamic });
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using OnnxRun session = new(File.ReadAllBytes(path));
        Tensor images = Tensor.RandN(1, 3, 64, 96), text = Tensor.RandN(1, 7, 24);
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(exported.Detector.Network.Predict(images.To(MemoryFormat.ChannelsLast), text), exported.Detector.Network.Strides);
        Tensor output = session.Run(images, text)[0];
        Assert.Equal([1, 11, boxes.Size(1)], output.Shape);
        Assert.True(new ExportTolerance().Compare(scores.Permute(0, 2, 1).ToSingles(), output.Narrow(1, 4, 7).ToSingles()).Passes);
    }

    [Fact]
    public void EmbeddedSuppression_HasAFixedNumberOfRows()
    {
        using TemporaryFolder folder = new();
        using ExportCase exported = ExportCase.Small("", "baked");
        PostProcessOptions thresholds = new() { ScoreThreshold = 0.02, MaxPerImage = 20 };
        ExportReport report = exported.Write(folder.At("nms.onnx"), new ExportOptions { Size = Size, Suppression = true, Thresholds = thresholds });
        Assert.Equal([("output0", "1,20,6")], report.Outputs);
        OtherRuntimes.Require(folder.At("nms.onnx"), 1, 3, 64, 96);
    }

    [Fact]
    public void HalfWeights_AreHalfTheSize_AndDifferByRounding()
    {
        using TemporaryFolder folder = new();
        using ExportCase exported = ExportCase.Small("", "baked");
        ExportReport whole = exported.Write(folder.At("whole.onnx")), half = exported.Write(folder.At("half.onnx"), new ExportOptions { Size = Size, Half = true });
        Assert.InRange((double)half.Bytes / whole.Bytes, 0.4, 0.7);
        Assert.NotNull(half.Proof.Half);
        OtherRuntimes.Require(folder.At("half.onnx"), 1, 3, 64, 96);
    }

    [Fact]
    public void SeveralImages_RunAtOnce()
    {
        using TemporaryFolder folder = new();
        using ExportCase exported = ExportCase.Small("rep_mona rank=4", "merged");
        Assert.Equal([("output0", "3,9,126")], exported.Write(folder.At("batch.onnx"), new ExportOptions { Size = Size with { Batch = 3 } }).Outputs);
    }

    [Fact]
    public void EqualExports_AreEqualFiles()
    {
        using TemporaryFolder folder = new();
        foreach (string name in new[] { "a.onnx", "b.onnx" })
        {
            using ExportCase exported = ExportCase.Small("rep_mona rank=4", "merged");
            exported.Write(folder.At(name));
        }

        Assert.Equal(File.ReadAllBytes(folder.At("a.onnx")), File.ReadAllBytes(folder.At("b.onnx")));
    }

    [Fact]
    public void BakedNetwork_HasNoNormsAndNoTextLeft()
    {
        using TemporaryFolder folder = new();
        using ExportCase exported = ExportCase.Small("lora rank=4", "baked");
        ExportReport report = exported.Write(folder.At("baked.onnx"));
        string[] allowed =
        [
            "Conv", "Sigmoid", "Mul", "Add", "Sub", "Concat", "Split", "Resize", "MaxPool",
            "Reshape", "ReduceMax",                         // the gates: the best prompt of each head
            "Softmax", "ReduceSum",                         // the decoding of boxes
        ];
        Assert.Empty(report.Nodes.Select(node => node.Operator).Except(allowed));
        Assert.Equal(1, report.Nodes.Single(node => node.Operator == "Softmax").Count);

        // A gate's factor and offset are part of its convolution.
        GraphIndex index = new(ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.At("baked.onnx"))).Graph);
        NodeProto[] maxima = [.. ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.At("baked.onnx"))).Graph.Node.Where(node => node.OpType == "ReduceMax")];
        Assert.Equal(4, maxima.Length);
        Assert.All(maxima, maximum => Assert.Equal(3, index.ProducerOf(index.ProducerOf(maximum.Input[0])!.Input[0])!.Input.Count));
    }

    [Fact]
    public void WrongWeights_AreFound_NamedByLayer_AndNothingIsWritten()
    {
        using TemporaryFolder folder = new();
        using ExportCase exported = ExportCase.Small("", "merged");
        GraftException error = Assert.Throws<GraftException>(() => exported.Write(folder.At("wrong.onnx"), change: graph => Change(graph, "neck.bottom_up_layers.0.final_conv.conv.weight")));
        Assert.Equal(Failure.Export, error.Failure);
        Assert.True(error.Message.Contains("neck.bottom_up_layers.0.final_conv", StringComparison.Ordinal), error.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Metadata_IsWhatTheLoadersAndTheRuntimeRead()
    {
        using TemporaryFolder folder = new();
        using ExportCase exported = ExportCase.Small("", "baked");
        exported.Write(folder.At("model.onnx"));
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.At("model.onnx")));
        Dictionary<string, string> metadata = model.MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);
        Assert.Equal("[64, 96]", metadata["imgsz"]);
        Assert.Equal("{0: 'scratch', 1: 'dent', 2: 'stain', 3: 'crack', 4: 'hole'}", metadata["names"]);
        Assert.Equal("32", metadata["stride"]);
        Assert.StartsWith("Ultralytics YOLOv8", metadata["description"], StringComparison.Ordinal);
        Assert.Equal(["scratch", "dent", "stain", "crack", "hole"], JsonSerializer.Deserialize<string[]>(metadata["x-graft-names"])!);
        using JsonDocument preprocess = JsonDocument.Parse(metadata["x-graft-preprocess"]);
        Assert.True(preprocess.RootElement.GetProperty("fit_first").GetBoolean());
        Assert.Equal(17, model.OpsetImport.Single().Version);
        Assert.False(metadata.ContainsKey("end2end"));
    }

    [Fact]
    public void PathThatCannotBeWritten_IsNamed()
    {
        using TemporaryFolder folder = new();
        using ExportCase exported = ExportCase.Small("", "baked");
        string blocked = folder.Write("file", "");
        GraftException error = Assert.Throws<GraftException>(() => exported.Write(Path.Combine(blocked, "model.onnx")));
        Assert.Contains("model.onnx", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Doubles a weight in both graphs.</summary>
    private static void Change(ExportedGraph graph, string name)
    {
        foreach (ModelProto model in new[] { graph.Whole, graph.Model })
        {
            TensorProto tensor = model.Graph.Initializer.Single(found => found.Name.StartsWith(name, StringComparison.Ordinal));
            TensorProto changed = OnnxTensors.Of(tensor.Name, [.. OnnxTensors.Singles(tensor).Select(value => 2 * value)], tensor.Dims);
            tensor.RawData = changed.RawData;
        }
    }
}
