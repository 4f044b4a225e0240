using Onnx;

namespace Graft.Export;

/// <summary>Which operators have integer kernels, and how they treat ranges.</summary>
internal static class QuantizationOperators
{
    private static readonly HashSet<string> Weighted = ["Conv", "MatMul"];
    private static readonly HashSet<string> OwnRange = ["Mul", "Add", "AveragePool", "GlobalAveragePool", "Softmax", "Sigmoid"];
    private static readonly HashSet<string> KeepsValues = ["MaxPool", "Resize", "Split", "Slice", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Flatten"];

    /// <summary>Whether the output has the values of the input, so that both share their levels.</summary>
    internal static bool KeepsRange(NodeProto node) => KeepsValues.Contains(node.OpType);

    /// <summary>Whether the output lies between 0 and 1 by definition.</summary>
    internal static bool IsUnitInterval(NodeProto node) => node.OpType is "Sigmoid" or "Softmax";

    /// <summary>Whether the node only connects layers: it has no weights and follows the layers around it.</summary>
    internal static bool Connects(NodeProto node, OnnxGraph graph)
        => KeepsRange(node) || node.OpType is "Concat" or "AveragePool" or "GlobalAveragePool"
            || (node.OpType == "Add" && node.Input.All(input => graph.Constant(input) is null));

    /// <summary>The inputs that are activations; the others are sizes and indices.</summary>
    internal static IEnumerable<string> Data(NodeProto node) => KeepsRange(node) ? node.Input.Take(1) : node.OpType == "Conv" ? node.Input.Take(1) : node.Input;

    /// <summary>Whether the node can be computed with integers, as far as its operator and its constants tell.</summary>
    internal static bool CanQuantize(NodeProto node, OnnxGraph graph)
    {
        if (node.Domain is not ("" or "ai.onnx") || node.Output.Any(output => output.Length == 0))
        {
            return false;
        }

        return node.OpType switch
        {
            "Conv" => IsLayer(node, graph) && (node.Input.Count < 3 || node.Input[2].Length == 0 || Single(node.Input[2], graph)),
            "MatMul" => !Data(node).Any(input => graph.Constant(input) is not null) || IsLayer(node, graph),
            "Resize" => OnnxGraph.Text(node, "mode", "nearest") == "nearest" && graph.Constant(node.Input[0]) is null,
            "MaxPool" => node.Output.Count == 1,
            "Concat" => node.Input.All(input => graph.Constant(input) is null),
            _ => (OwnRange.Contains(node.OpType) || KeepsValues.Contains(node.OpType)) && Data(node).Any(input => graph.Constant(input) is null)
                && Data(node).All(input => graph.Constant(input) is null || Single(input, graph)),
        };
    }

    /// <summary>Whether the node is a layer of the network: a convolution or product with constant weights. The expectation over bins of
    /// the box distribution, a convolution with one output that follows a softmax, belongs to the decoding.</summary>
    internal static bool IsLayer(NodeProto node, OnnxGraph graph)
    {
        if (!Weighted.Contains(node.OpType) || node.Input.Count < 2 || graph.Constant(node.Input[0]) is not null || !Single(node.Input[1], graph))
        {
            return false;
        }

        TensorProto weight = graph.Constant(node.Input[1])!;
        return node.OpType == "Conv" ? weight.Dims.Count == 4 && !(weight.Dims[0] == 1 && FollowsSoftmax(node, graph))
            : weight.Dims.Count == 2 && !(weight.Dims[1] == 1 && FollowsSoftmax(node, graph));
    }

    /// <summary>The value whose SiLU a node computes, or prepares as its sigmoid; null for other nodes.</summary>
    internal static string? SiluInput(NodeProto node, OnnxGraph graph)
    {
        return node.OpType switch
        {
            "Sigmoid" => node.Input[0],
            "Mul" when node.Input.Count == 2 => SigmoidOf(node.Input[1]) == node.Input[0] ? node.Input[0]
                : SigmoidOf(node.Input[0]) == node.Input[1] ? node.Input[1] : null,
            _ => null,
        };

        string? SigmoidOf(string tensor) => graph.Producer(tensor) is { OpType: "Sigmoid" } sigmoid ? sigmoid.Input[0] : null;
    }

    private static bool FollowsSoftmax(NodeProto node, OnnxGraph graph)
    {
        NodeProto? source = graph.Producer(node.Input[0]);
        while (source is not null && KeepsRange(source))
        {
            source = graph.Producer(source.Input[0]);
        }

        return source?.OpType == "Softmax";
    }

    private static bool Single(string name, OnnxGraph graph) => graph.Constant(name) is { } constant && OnnxTensors.IsSingle(constant);
}
