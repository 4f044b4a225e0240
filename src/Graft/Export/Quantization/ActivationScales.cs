using Onnx;

namespace Graft.Export;

/// <summary>
/// The range of each quantized activation. Tensors share one where an operator repeats or joins values, so that ONNX Runtime moves bytes
/// instead of requantizing. Below the input of a SiLU, values whose results no level can tell apart are cut off.
/// </summary>
internal sealed class ActivationScales
{
    private static readonly ActivationRange UnitInterval = new(0, 1);

    // SiLU has its minimum at -1.2785; below, it rises towards zero.
    private const double SiluMinimumAt = -1.27846454;

    private readonly Dictionary<string, string> _parent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ActivationRange> _ranges = new(StringComparer.Ordinal);

    private ActivationScales()
    {
    }

    /// <summary>The range of an activation that a quantized node reads or writes.</summary>
    internal ActivationRange this[string tensor] => _ranges[Root(tensor)];

    /// <param name="graph">The graph.</param>
    /// <param name="quantized">The nodes that are computed with integers.</param>
    /// <param name="calibrated">Ranges of activations with values of their own.</param>
    internal static ActivationScales Of(OnnxGraph graph, IReadOnlySet<NodeProto> quantized, IReadOnlyDictionary<string, ActivationRange> calibrated)
    {
        ActivationScales scales = new();
        foreach (NodeProto node in graph.Nodes.Where(quantized.Contains))
        {
            if (QuantizationOperators.KeepsRange(node))
            {
                foreach (string output in node.Output)
                {
                    scales.Join(output, node.Input[0]);
                }
            }
            else if (node.OpType == "Concat")
            {
                foreach (string input in node.Input.Where(input => IsOnlyForJoining(graph, quantized, input)))
                {
                    scales.Join(input, node.Output[0]);
                }
            }
        }

        foreach (string tensor in graph.Nodes.Where(quantized.Contains).SelectMany(node => QuantizationOperators.Data(node).Concat(node.Output)))
        {
            if (graph.Constant(tensor) is null)
            {
                scales.Include(tensor, Resolve(graph, tensor, calibrated));
            }
        }

        scales.CutSiluInputs(graph, quantized);
        return scales;
    }

    /// <summary>The lowest value whose SiLU differs from that of all lower values by more than half a step of the output.</summary>
    /// <param name="step">Distance of two levels of the output.</param>
    internal static double SiluFloor(double step)
    {
        double low = -64, high = SiluMinimumAt;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = -middle / (1 + Math.Exp(-middle)) < step / 2 ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The calibrated range, or the one that follows from the operator and the ranges before it.</summary>
    private static ActivationRange Resolve(OnnxGraph graph, string tensor, IReadOnlyDictionary<string, ActivationRange> calibrated)
        => calibrated.TryGetValue(tensor, out ActivationRange? range) ? range
            : graph.Producer(tensor) is not { } producer ? throw new InvalidOperationException($"{tensor} was not calibrated.")
            : QuantizationOperators.IsUnitInterval(producer) ? UnitInterval
            : QuantizationOperators.Data(producer).Select(input => Resolve(graph, input, calibrated)).Aggregate((one, other) => one.Union(other));

    private void CutSiluInputs(OnnxGraph graph, IReadOnlySet<NodeProto> quantized)
    {
        foreach (NodeProto product in graph.Nodes.Where(node => node.OpType == "Mul" && quantized.Contains(node)))
        {
            foreach (string input in product.Input.Distinct())
            {
                string other = product.Input[0] == input ? product.Input[1] : product.Input[0];
                if (graph.Producer(other) is { OpType: "Sigmoid" } sigmoid && sigmoid.Input[0] == input && quantized.Contains(sigmoid)
                    && graph.Consumers(input).Count == 2 && !graph.Outputs.Contains(input) && Root(input) == input && !_parent.ContainsValue(input))
                {
                    ActivationRange range = _ranges[input];
                    _ranges[input] = range with { Low = Math.Max(range.Low, SiluFloor(this[product.Output[0]].Scale)) };
                }
            }
        }
    }

    /// <summary>Whether a tensor of its own range is read by one node only, a join: finer levels than the join's would be lost.</summary>
    private static bool IsOnlyForJoining(OnnxGraph graph, IReadOnlySet<NodeProto> quantized, string tensor)
        => graph.Consumers(tensor).Count == 1 && !graph.Outputs.Contains(tensor)
            && graph.Producer(tensor) is { } producer && quantized.Contains(producer) && !QuantizationOperators.KeepsRange(producer)
            && !QuantizationOperators.IsUnitInterval(producer);

    private void Include(string tensor, ActivationRange range)
    {
        string root = Root(tensor);
        _ranges[root] = _ranges.TryGetValue(root, out ActivationRange? present) ? present.Union(range) : range;
    }

    private void Join(string tensor, string with)
    {
        string root = Root(with), joined = Root(tensor);
        if (root != joined)
        {
            _parent[joined] = root;
        }
    }

    private string Root(string tensor)
    {
        while (_parent.TryGetValue(tensor, out string? parent))
        {
            tensor = parent;
        }

        return tensor;
    }
}
