using Onnx;

namespace Graft.Export;

/// <summary>Look-ups in the graph of an ONNX model: constants, producers and consumers of tensors.</summary>
internal sealed class OnnxGraph
{
    private readonly Dictionary<string, TensorProto> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeProto> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<NodeProto>> _consumers = new(StringComparer.Ordinal);

    internal OnnxGraph(ModelProto model)
    {
        Model = model;
        Inputs = model.Graph.Input.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        Outputs = model.Graph.Output.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        foreach (TensorProto initializer in OnnxTensors.Constants(model.Graph))
        {
            _constants[initializer.Name] = initializer;
        }

        foreach (NodeProto node in model.Graph.Node)
        {
            foreach (string output in node.Output.Where(output => output.Length > 0))
            {
                _producers[output] = node;
            }

            if (node is { OpType: "Constant", Domain: "" } && node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T is { } value)
            {
                _constants[node.Output[0]] = value;
            }

            foreach (string input in node.Input.Where(input => input.Length > 0).Distinct())
            {
                if (!_consumers.TryGetValue(input, out List<NodeProto>? list))
                {
                    _consumers[input] = list = [];
                }

                list.Add(node);
            }
        }
    }

    internal ModelProto Model { get; }

    internal IReadOnlySet<string> Inputs { get; }

    internal IReadOnlySet<string> Outputs { get; }

    internal IReadOnlyList<NodeProto> Nodes => Model.Graph.Node;

    internal TensorProto? Constant(string name) => _constants.GetValueOrDefault(name);

    internal NodeProto? Producer(string tensor) => _producers.GetValueOrDefault(tensor);

    internal IReadOnlyList<NodeProto> Consumers(string tensor) => _consumers.TryGetValue(tensor, out List<NodeProto>? list) ? list : [];

    /// <summary>The inputs of a node that are computed or fed, not constant.</summary>
    internal IEnumerable<string> Dynamic(NodeProto node) => node.Input.Where(input => input.Length > 0 && Constant(input) is null);

    /// <summary>An attribute's text, or what holds when it is absent.</summary>
    internal static string Text(NodeProto node, string name, string otherwise)
        => node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.S.ToStringUtf8() ?? otherwise;
}
