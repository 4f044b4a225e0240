using Onnx;

namespace Graft.Export;

/// <summary>Folds what multiplies or shifts a convolution's channels into its weights, in double precision: batch normalisation, and products
/// and sums with one constant per channel.</summary>
internal static class FoldChannelFactors
{
    /// <summary>Folds all that can be folded; nodes stand in the order of computation, so chains fold one after another.</summary>
    /// <returns>By the value that a removed node gave: the convolution's, which is equal to it.</returns>
    internal static IReadOnlyDictionary<string, string> Run(GraphProto graph)
    {
        Dictionary<string, string> replaced = [];
        GraphIndex index = new(graph);
        foreach (NodeProto node in graph.Node.ToArray())
        {
            if (Source(index, node) is { } conv && Affine(index, node, index.Singles(conv.Input[1])!.Value.Shape[0]) is var (gain, shift))
            {
                Fold(graph, index, conv, gain, shift);
                index.Remove(node, conv.Output[0]);
                replaced[node.Output[0]] = conv.Output[0];
            }
        }

        return replaced;
    }

    /// <summary>The convolution whose only reader is this node and whose weights are constant; null without one.</summary>
    private static NodeProto? Source(GraphIndex index, NodeProto node)
        => node.OpType is "BatchNormalization" or "Mul" or "Add" or "Sub"
            && node.Input.Select(index.ProducerOf).FirstOrDefault(found => found?.OpType == "Conv") is { } conv
            && index.ReadersOf(conv.Output[0]) == 1
            && index.Singles(conv.Input[1]) is not null && (conv.Input.Count < 3 || index.Singles(conv.Input[2]) is not null)
            ? conv
            : null;

    /// <summary>Gain and offset per channel; null for a node that is more than that.</summary>
    private static (double[] Gain, double[] Shift)? Affine(GraphIndex index, NodeProto node, long channels)
    {
        double[] ones = [.. Enumerable.Repeat(1.0, (int)channels)], zeros = new double[channels];
        if (node.OpType == "BatchNormalization")
        {
            (float[] Values, long[] Shape)?[] constants = [.. node.Input.Skip(1).Select(index.Singles)];
            if (constants.Any(constant => constant is null))
            {
                return null;
            }

            double[][] parts = [.. constants.Select(constant => constant!.Value.Values.Select(value => (double)value).ToArray())];
            double epsilon = node.Attribute.FirstOrDefault(attribute => attribute.Name == "epsilon")?.F ?? 1e-5f;
            double[] gain = [.. parts[0].Select((weight, i) => weight / Math.Sqrt(parts[3][i] + epsilon))];
            return (gain, [.. parts[1].Select((bias, i) => bias - (parts[2][i] * gain[i]))]);
        }

        bool first = index.Singles(node.Input[0]) is not null;
        if (index.Singles(node.Input[first ? 0 : 1]) is not { } constant || PerChannel(constant, channels) is not { } values)
        {
            return null;
        }

        return (node.OpType, first) switch
        {
            ("Mul", _) => (values, zeros),
            ("Add", _) => (ones, values),
            ("Sub", false) => (ones, [.. values.Select(value => -value)]),
            _ => null,
        };
    }

    /// <summary>One value per channel of B×C×H×W; null for another shape.</summary>
    private static double[]? PerChannel((float[] Values, long[] Shape) constant, long channels)
    {
        bool scalar = constant.Values.Length == 1 && constant.Shape.Length <= 4;
        bool fits = scalar || (constant.Values.Length == channels && constant.Shape is [.., var count, 1, 1] && count == channels && constant.Shape.Length <= 4);
        return !fits ? null : [.. Enumerable.Range(0, (int)channels).Select(i => (double)constant.Values[scalar ? 0 : i])];
    }

    /// <summary>Multiplies the channels of a convolution with constant weights, then shifts them.</summary>
    internal static void Fold(GraphProto graph, GraphIndex index, NodeProto conv, double[] gain, double[] shift)
    {
        (float[] weights, long[] shape) = index.Singles(conv.Input[1])!.Value;
        float[] bias = conv.Input.Count > 2 ? index.Singles(conv.Input[2])!.Value.Values : new float[gain.Length];
        int each = weights.Length / gain.Length;
        float[] folded = [.. weights.Select((weight, i) => (float)(weight * gain[i / each]))];
        float[] shifted = [.. bias.Select((value, i) => (float)((value * gain[i]) + shift[i]))];
        string name = conv.Input[1];
        conv.Input[1] = index.Add(graph, OnnxTensors.Of($"{name}.folded", folded, shape));
        string offset = index.Add(graph, OnnxTensors.Of($"{name}.bias", shifted, shifted.Length));
        if (conv.Input.Count > 2)
        {
            conv.Input[2] = offset;
        }
        else
        {
            conv.Input.Add(offset);
        }
    }
}
