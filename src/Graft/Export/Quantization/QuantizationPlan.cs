using Graft.Files;
using Onnx;

namespace Graft.Export;

/// <summary>Nodes that are quantized together or stay in float together: a convolution with its activation, a product, a gate.</summary>
/// <param name="Name">The name of the group's first node.</param>
/// <param name="Nodes">The nodes.</param>
internal sealed record LayerGroup(string Name, IReadOnlyList<NodeProto> Nodes);

/// <summary>
/// What of a graph can be quantized: the layers, in groups, and the nodes that connect them. What follows the last layers, the decoding of
/// boxes and scores, stays in float.
/// </summary>
internal sealed class QuantizationPlan
{
    private readonly Dictionary<NodeProto, int> _groupOf = [];
    private readonly HashSet<NodeProto> _connections = [];

    private QuantizationPlan(OnnxGraph graph) => Graph = graph;

    internal OnnxGraph Graph { get; }

    /// <summary>The groups in the order of the graph.</summary>
    internal IReadOnlyList<LayerGroup> Groups { get; private init; } = [];

    /// <summary>Outputs of the last layers, which the decoding reads; the error of a quantized model is measured there.</summary>
    internal IReadOnlyList<string> Boundary { get; private init; } = [];

    /// <summary>Whether any group has the node, or it connects groups.</summary>
    internal bool Has(NodeProto node) => _groupOf.ContainsKey(node) || _connections.Contains(node);

    /// <param name="graph">The graph in float32.</param>
    /// <param name="isSingle">Whether a computed tensor is float32; the others are sizes and indices.</param>
    /// <exception cref="GraftException">No layer can be quantized.</exception>
    internal static QuantizationPlan Of(OnnxGraph graph, Func<string, bool> isSingle)
    {
        HashSet<NodeProto> body = [];
        foreach (NodeProto node in graph.Nodes.Reverse())
        {
            if (QuantizationOperators.IsLayer(node, graph) || node.Output.Any(output => graph.Consumers(output).Any(body.Contains)))
            {
                body.Add(node);
            }
        }

        List<List<NodeProto>> groups = [];
        QuantizationPlan plan = new(graph);
        HashSet<NodeProto> able = [.. graph.Nodes.Where(node => body.Contains(node) && QuantizationOperators.CanQuantize(node, graph)
            && QuantizationOperators.Data(node).Concat(node.Output).All(name => graph.Constant(name) is not null || isSingle(name)))];
        HashSet<string> text = FurtherInputs.Of(graph);
        able.RemoveWhere(node => QuantizationOperators.Data(node).Any(text.Contains));
        FloatChains.Remove(graph, able);
        foreach (NodeProto node in graph.Nodes.Where(able.Contains))
        {
            if (QuantizationOperators.Connects(node, graph))
            {
                plan._connections.Add(node);
                continue;
            }

            int group = plan.ActivationOf(node) ?? groups.Count;
            if (group == groups.Count)
            {
                groups.Add([]);
            }

            groups[group].Add(node);
            plan._groupOf[node] = group;
        }

        if (!plan._groupOf.Keys.Any(node => QuantizationOperators.IsLayer(node, graph)))
        {
            throw new GraftException(Failure.Export, "The model has no convolution or product with constant float32 weights: nothing can be quantized.",
                "Export it in float32, with the adapters merged.");
        }

        return new QuantizationPlan(graph, plan)
        {
            Groups = [.. groups.Select(nodes => new LayerGroup(NameOf(nodes[0]), nodes))],
            Boundary = [.. graph.Nodes.Where(plan.Has).SelectMany(node => node.Output).Where(output => graph.Outputs.Contains(output)
                || graph.Consumers(output).Any(consumer => !body.Contains(consumer)))],
        };
    }

    private QuantizationPlan(OnnxGraph graph, QuantizationPlan found)
        : this(graph) => (_groupOf, _connections) = (found._groupOf, found._connections);

    /// <summary>The nodes that are computed with integers when some groups stay in float: a connecting node follows its neighbours.</summary>
    internal HashSet<NodeProto> Quantized(IReadOnlySet<int> inFloat)
    {
        HashSet<NodeProto> quantized = [.. _groupOf.Where(entry => !inFloat.Contains(entry.Value)).Select(entry => entry.Key)];
        bool changed = true;
        while (changed)
        {
            NodeProto[] added = [.. _connections.Where(node => !quantized.Contains(node)
                && (QuantizationOperators.Data(node).Any(input => Graph.Producer(input) is { } producer && quantized.Contains(producer))
                    || node.Output.Any(output => Graph.Consumers(output).Any(quantized.Contains))))];
            quantized.UnionWith(added);
            changed = added.Length > 0;
        }

        return quantized;
    }

    internal static string NameOf(NodeProto node) => node.Name.Length > 0 ? node.Name : node.Output[0];

    /// <summary>The group of the layer whose SiLU the node belongs to.</summary>
    private int? ActivationOf(NodeProto node)
        => QuantizationOperators.SiluInput(node, Graph) is { } layer && Graph.Producer(layer) is { } producer && QuantizationOperators.IsLayer(producer, Graph)
            && _groupOf.TryGetValue(producer, out int group) ? group : null;
}
