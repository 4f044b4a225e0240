using Onnx;

namespace Graft.Export;

/// <summary>
/// Finds operators without weights between operators that exist in float only, such as the scale and shift of a norm: integers would cost a
/// conversion and accuracy there, and save nothing.
/// </summary>
internal static class FloatChains
{
    /// <summary>Removes those that read nothing quantized, and those that nothing quantized reads.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="able">The nodes with integer kernels.</param>
    internal static void Remove(OnnxGraph graph, HashSet<NodeProto> able)
    {
        NodeProto[] removed;
        do
        {
            removed = [.. able.Where(node => IsElementwise(node, graph) && (!Inputs(node, graph).Any(input => ComesFrom(input, graph, able))
                || !node.Output.Any(output => GoesTo(output, graph, able))))];
            able.ExceptWith(removed);
        }
        while (removed.Length > 0);
    }

    /// <summary>Whether a node has neither weights of its own nor belongs to the activation of a layer, and does not merely connect.</summary>
    private static bool IsElementwise(NodeProto node, OnnxGraph graph)
        => !QuantizationOperators.IsLayer(node, graph) && !QuantizationOperators.Connects(node, graph)
            && !(QuantizationOperators.SiluInput(node, graph) is { } layer && graph.Producer(layer) is { } producer && QuantizationOperators.IsLayer(producer, graph));

    private static IEnumerable<string> Inputs(NodeProto node, OnnxGraph graph)
        => QuantizationOperators.Data(node).Where(input => graph.Constant(input) is null);

    private static bool ComesFrom(string tensor, OnnxGraph graph, HashSet<NodeProto> able)
        => graph.Producer(tensor) is not { } producer
            || (able.Contains(producer) && (!QuantizationOperators.Connects(producer, graph) || Inputs(producer, graph).Any(input => ComesFrom(input, graph, able))));

    private static bool GoesTo(string tensor, OnnxGraph graph, HashSet<NodeProto> able)
        => graph.Consumers(tensor).Any(consumer => able.Contains(consumer)
            && (!QuantizationOperators.Connects(consumer, graph) || consumer.Output.Any(output => GoesTo(output, graph, able))));
}
