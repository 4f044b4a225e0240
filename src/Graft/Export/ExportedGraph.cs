using Graft.Detectors;
using Graft.Rewriting;
using Onnx;

namespace Graft.Export;

/// <summary>The ONNX graph of a network, and how its values belong to the network's layers.</summary>
internal sealed class ExportedGraph
{
    private const int IrVersion = 8;
    private static readonly int[] Batches = [2, 3, 5];

    private readonly string[] _maps;
    private (ModelProto Model, string[] Maps)? _simplified;

    private ExportedGraph(GraphProto whole, NetworkRecording recording, GraphTranslation translation, HeadMaps head)
    {
        (Whole, Values) = (ModelOf(whole), translation.Values);
        (_maps, Text) = ([.. head.Logits, .. head.Distributions], recording.Text is not null);
    }

    /// <summary>Every operator as recorded, before anything is folded or removed.</summary>
    internal ModelProto Whole { get; }

    /// <summary>The graph that is written.</summary>
    internal ModelProto Model => Simplified.Model;

    /// <summary>Values of <see cref="Whole"/> that can be compared with the engine's, in the order of the operators.</summary>
    internal IReadOnlyList<TranslatedValue> Values { get; }

    /// <summary>Names of the raw outputs, class logits then distributions, in <see cref="Model"/>.</summary>
    internal IReadOnlyList<string> Maps => Simplified.Maps;

    /// <summary>Whether the text is an input.</summary>
    internal bool Text { get; }

    /// <summary>Builds the graph of a network in evaluation mode.</summary>
    /// <param name="subject">The network with its vocabulary.</param>
    /// <param name="options">Size, dynamic axes, text input, suppression.</param>
    /// <exception cref="GraftException">Of kind Export: something has no form in ONNX; the message names the layer.</exception>
    internal static ExportedGraph Of(Subject subject, ExportOptions options)
    {
        using NetworkRecording recording = NetworkRecording.Of(subject, RecordedSizes(options), options.TextInput);
        GraphBuilder builder = new();
        object batch = options.DynamicBatch ? "batch" : options.Size.Batch;
        builder.Declare(
            "images", output: false, batch, 3, options.DynamicSize ? "height" : options.Size.Height, options.DynamicSize ? "width" : options.Size.Width);
        if (options.TextInput)
        {
            builder.Declare("text", output: false, 1, "prompts", subject.Network.TextWidth!);
        }

        GraphTranslation translation = GraphTranslation.Run(recording, builder);
        HeadMaps head = HeadMaps.Of(recording, translation);
        object[] shape;
        string result;
        if (subject.Network.IsEndToEnd)
        {
            result = EmbeddedSelection.Add(head, options.Thresholds.MaxPerImage);
            long kept = head.Points is { } points ? Math.Min(options.Thresholds.MaxPerImage, points * head.Classes.Fixed) : options.Thresholds.MaxPerImage;
            shape = [batch, kept, 6];
        }
        else if (options.Suppression)
        {
            result = EmbeddedSuppression.Add(head, options.Thresholds);
            shape = [batch, options.Thresholds.MaxPerImage, 6];
        }
        else
        {
            result = BoxDecoding.Add(head);
            shape = [batch, head.Classes.IsFixed ? 4 + head.Classes.Fixed : "rows", head.Points is { } points ? points : "anchors"];
        }

        Rename(builder.Graph, result, "output0");
        builder.Declare("output0", output: true, shape);
        return new ExportedGraph(builder.Graph, recording, translation, head);
    }

    /// <summary>Makes constants overridable: each is an input whose default is its value, and is not folded into anything.</summary>
    /// <param name="names">Names of float32 constants in <see cref="Whole"/>.</param>
    internal void MakeOverridable(IEnumerable<string> names)
    {
        Dictionary<string, TensorProto> constants = Whole.Graph.Initializer.ToDictionary(tensor => tensor.Name);
        Whole.Graph.Input.AddRange(names.Select(name => GraphBuilder.ValueOf(name, [.. constants[name].Dims.Cast<object>()])));
        _simplified = null;
    }

    private (ModelProto Model, string[] Maps) Simplified => _simplified ??= Simplify();

    private (ModelProto Model, string[] Maps) Simplify()
    {
        GraphProto graph = Whole.Graph.Clone();
        IReadOnlyDictionary<string, string> replaced = FoldChannelFactors.Run(graph);
        FoldGroupMaxima.Run(graph);
        DeadNodes.Remove(graph);
        EqualConstants.Unite(graph);
        return (ModelOf(graph), [.. _maps.Select(map => replaced.GetValueOrDefault(map, map))]);
    }

    /// <summary>Input sizes that differ in everything that is dynamic, and whose lengths at any stride are told apart. A dynamic batch is
    /// recorded with several images: layers may take a shorter path for one.</summary>
    private static IReadOnlyList<InputSize> RecordedSizes(ExportOptions options)
    {
        if (!options.DynamicBatch && !options.DynamicSize && !options.TextInput)
        {
            return [options.Size];
        }

        (int, int)[] sides = options.DynamicSize ? [(96, 160), (128, 224), (224, 96)] : [.. Enumerable.Repeat((options.Size.Height, options.Size.Width), 3)];
        return [.. sides.Select((side, i) => new InputSize(options.DynamicBatch ? Batches[i] : options.Size.Batch, side.Item1, side.Item2))];
    }

    private static void Rename(GraphProto graph, string value, string name)
    {
        NodeProto node = graph.Node.First(found => found.Output.Contains(value));
        node.Output[node.Output.IndexOf(value)] = name;
    }

    private static ModelProto ModelOf(GraphProto graph)
    {
        ModelProto model = new() { IrVersion = IrVersion, ProducerName = "Graft", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = GraphBuilder.Opset });
        return model;
    }
}
