using Graft.Export;
using Graft.Runs;
using Onnx;

namespace Graft.Tests.Export;

/// <summary>Every configuration exports, passes the ONNX checker, and agrees with the engine in ONNX Runtime from C# and from Node.js.</summary>
public class ConfigurationExportTests
{
    private static readonly string[] SizeN = ["model.widen_factor=0.25", "model.deepen_factor=0.33", "model.last_stage_out_channels=1024"];
    private static readonly string[] SizeS = ["model.widen_factor=0.5", "model.deepen_factor=0.33", "model.last_stage_out_channels=1024"];

    public static IEnumerable<object[]> Strategies => Names("adapter").Select(name => new object[] { name });

    public static IEnumerable<object[]> Worlds => Names("yolo_world")
        .SelectMany(name => Forms(name).Select(form => new object[] { name, form }))
        .Where(entry => entry is not ["yolo_world/v2_s", "baked"]);      // exported beside its adapted models

    public static IEnumerable<object[]> Tens => Names("yolov10").Select(name => new object[] { name });

    /// <summary>v1 cannot be baked; the neck that keeps its attention differs from the baked one in the gates alone, so two sizes are enough.</summary>
    private static string[] Forms(string name) => name.Contains("/v1", StringComparison.Ordinal) ? ["merged"]
        : name.EndsWith("_n", StringComparison.Ordinal) || name.EndsWith("_s", StringComparison.Ordinal) ? ["baked", "neck-kept", "merged"] : ["baked", "merged"];

    [Theory, MemberData(nameof(Strategies))]
    public void Strategy_OnSizeN_AsTrainedAndMerged(string name)
    {
        foreach (string form in new[] { "kept", "baked" })
        {
            Export(name, form, SizeN);
        }
    }

    [Theory, MemberData(nameof(Worlds))]
    public void YoloWorld_BakedAndWithText(string name, string form) => Export(name, form);

    [Theory, MemberData(nameof(Tens))]
    public void YoloV10_EndToEnd(string name)
    {
        ExportReport report = Export(name, "merged");
        Assert.Equal([("output0", "1,300,6")], report.Outputs);
    }

    [Fact]
    public void AllStrategiesAndSizes_AreExported()
    {
        Assert.Equal(23, Strategies.Count());
        Assert.Equal(11, Names("yolo_world").Count());
        Assert.Equal(6, Tens.Count());
    }

    /// <summary>A merged, baked S: adapters that merge leave the nodes of the base; of others their norm and activation are left.</summary>
    [Fact]
    public void MergedAndBakedS_HoldsTheNodesOfTheBase()
    {
        IReadOnlyList<(string Operator, int Count)> plain = Export("yolo_world/v2_s", "baked").Nodes, lora = Export("adapter/phase2_dense_lora_v1", "baked", SizeS).Nodes;
        Assert.Equal(plain, lora);
        string[] left = [.. Export("boards/adapt_rep_mona", "baked", SizeS).Nodes.Select(node => node.Operator).Except(plain.Select(node => node.Operator))];
        Assert.Equal(["Div", "Erf", "Reciprocal", "ReduceMean", "Sqrt"], left.Order(StringComparer.Ordinal));
    }

    /// <summary>Layers hold convolutions, activations, residual sums, joins, splits, resizing and pooling; gates take the maximum over the
    /// prompts of each head; the rest is the decoding of boxes. Adapters that are left have nodes of their own.</summary>
    private static void RequirePlainNodes(GraphProto graph)
    {
        string[] plain = ["Conv", "Sigmoid", "Mul", "Add", "Concat", "Split", "Resize", "MaxPool"];
        string[] gate = [.. plain, "Reshape", "ReduceMax"], decoding = ["Reshape", "Concat", "Softmax", "Mul", "ReduceSum", "Split", "Sub", "Add", "Sigmoid"];
        Assert.All(graph.Node.Where(node => !node.Name.Contains("adapters.", StringComparison.Ordinal)), node => Assert.True(
            (!node.Name.Contains('.', StringComparison.Ordinal) ? decoding : node.Name.Contains(".attn_block.", StringComparison.Ordinal) ? gate : plain)
                .Contains(node.OpType), $"{node.OpType} {node.Name}"));
    }

    private static IEnumerable<string> Names(string folder) => ConfigFinder.List().Select(ConfigFinder.ShortName)
        .Where(name => name.StartsWith($"{folder}/", StringComparison.Ordinal) && name.Count(letter => letter == '/') == 1);

    private static ExportReport Export(string name, string form, params string[] settings)
    {
        using TemporaryFolder folder = new();
        using ExportCase exported = ExportCase.Of(name, form, settings);
        string path = folder.At("model.onnx");
        // With text as a constant the number of classes is fixed; the text as an input is tested with small networks.
        ExportReport report = exported.Write(path, new ExportOptions { Size = new InputSize(1, 128, 160) });
        Assert.True(report.Proof.Inputs > 0);
        if (form == "baked")
        {
            RequirePlainNodes(ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph);
        }

        Assert.All(report.Loaders, loader => Assert.True(loader.Value.Reads, $"{loader.Key}: {string.Join("; ", loader.Value.Objections)}"));
        if (form != "kept")
        {
            OtherRuntimes.Require(path, 1, 3, 128, 160);
        }

        return report;
    }
}
