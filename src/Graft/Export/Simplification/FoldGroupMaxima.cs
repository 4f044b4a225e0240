using Onnx;

namespace Graft.Export;

/// <summary>Simplifies the maximum over groups of a convolution's channels, as gates take it over the prompts of each head. A positive factor and an
/// offset per group commute with a maximum, so they become part of the convolution; and the maximum keeps its axis where a later node adds it
/// again.</summary>
internal static class FoldGroupMaxima
{
    private const int GroupAxis = 2, SplitRank = 5;

    /// <summary>Simplifies all such maxima.</summary>
    internal static void Run(GraphProto graph)
    {
        GraphIndex index = new(graph);
        foreach (NodeProto maximum in graph.Node.Where(node => node.OpType == "ReduceMax" && Axes(node) is [GroupAxis]).ToArray())
        {
            while (TryFold(graph, index, maximum))
            {
            }

            KeepAxis(graph, index, maximum);
        }
    }

    /// <summary>Folds the product or sum that alone reads a maximum.</summary>
    private static bool TryFold(GraphProto graph, GraphIndex index, NodeProto maximum)
    {
        if (index.ProducerOf(maximum.Input[0]) is not { OpType: "Reshape" } split || index.ReadersOf(split.Output[0]) != 1
            || index.ProducerOf(split.Input[0]) is not { OpType: "Conv" } conv || index.ReadersOf(conv.Output[0]) != 1
            || index.Singles(conv.Input[1]) is not { } weights || (conv.Input.Count > 2 && index.Singles(conv.Input[2]) is null)
            || Lengths(index, split.Input[1]) is not { Length: SplitRank } lengths || lengths[1] * lengths[GroupAxis] != weights.Shape[0]
            || Reader(graph, index, maximum) is not { OpType: "Mul" or "Add" } next || PerGroup(index, next, lengths[1]) is not { } values
            || (next.OpType == "Mul" && !Array.TrueForAll(values, value => value > 0)))
        {
            return false;
        }

        double[] each = [.. Enumerable.Range(0, (int)weights.Shape[0]).Select(channel => values[channel / lengths[GroupAxis]])];
        double[] gain = next.OpType == "Mul" ? each : [.. each.Select(_ => 1.0)], shift = next.OpType == "Mul" ? new double[each.Length] : each;
        FoldChannelFactors.Fold(graph, index, conv, gain, shift);
        index.Remove(next, maximum.Output[0]);
        return true;
    }

    /// <summary>Lets the maximum keep its axis where its sigmoid gets that axis back.</summary>
    private static void KeepAxis(GraphProto graph, GraphIndex index, NodeProto maximum)
    {
        AttributeProto? keep = maximum.Attribute.FirstOrDefault(attribute => attribute.Name == "keepdims");
        if (keep?.I == 0 && Reader(graph, index, maximum) is { OpType: "Sigmoid" } gate
            && Reader(graph, index, gate) is { OpType: "Unsqueeze" } added && index.Integers(added.Input[1]) is [GroupAxis])
        {
            keep.I = 1;
            index.Remove(added, gate.Output[0]);
        }
    }

    /// <summary>One value per group of a constant that a node reads beside the maximum; null for anything else.</summary>
    private static double[]? PerGroup(GraphIndex index, NodeProto node, long groups)
    {
        (float[] Values, long[] Shape)? constant = node.Input.Select(index.Singles).FirstOrDefault(found => found is not null);
        return constant is not var (values, shape) ? null
            : values.Length == 1 && shape.Length <= SplitRank - 1 ? [.. Enumerable.Repeat((double)values[0], (int)groups)]
            : shape is [1, var count, 1, 1] && count == groups ? [.. values.Select(value => (double)value)]
            : null;
    }

    /// <summary>The lengths of a shape; -1 for those that are computed; null for a shape that is computed as a whole.</summary>
    private static long[]? Lengths(GraphIndex index, string shape) => index.Integers(shape)
        ?? (index.ProducerOf(shape) is { OpType: "Concat" } list ? [.. list.Input.Select(part => index.Integers(part) is [var length] ? length : -1)] : null);

    /// <summary>The only node that reads a node's result; null where there are several or the result is an output.</summary>
    private static NodeProto? Reader(GraphProto graph, GraphIndex index, NodeProto node)
        => index.ReadersOf(node.Output[0]) == 1 ? graph.Node.FirstOrDefault(found => found.Input.Contains(node.Output[0])) : null;

    private static IReadOnlyList<long> Axes(NodeProto node) => [.. node.Attribute.Where(attribute => attribute.Name == "axes").SelectMany(attribute => attribute.Ints)];
}
