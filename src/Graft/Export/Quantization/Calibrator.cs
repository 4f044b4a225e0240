using Graft.Files;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Onnx;

namespace Graft.Export;

/// <summary>
/// Runs the float model on one calibration input after another with its intermediate results exposed, and counts their values. Memory is
/// that of one input's activations and of one histogram per activation, however many inputs follow.
/// </summary>
internal sealed class Calibrator
{
    private readonly Dictionary<string, ActivationHistogram> _histograms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _elements = new(StringComparer.Ordinal);

    private Calibrator(QuantizationPlan plan) => Plan = plan;

    internal QuantizationPlan Plan { get; }

    /// <summary>Number of inputs.</summary>
    internal int Inputs { get; private set; }

    /// <summary>The values of each activation that has a range of its own.</summary>
    internal IReadOnlyDictionary<string, ActivationHistogram> Histograms => _histograms;

    /// <summary>Elements of the activation, for one input.</summary>
    internal long Elements(string tensor) => _elements.GetValueOrDefault(tensor);

    /// <exception cref="GraftException">There is no input, a value is not finite, or the model has no layer to quantize.</exception>
    internal static Calibrator Run(ModelProto model, IEnumerable<IReadOnlyList<CalibrationTensor>> inputs, int threads)
    {
        OnnxGraph graph = new(model);
        string[] candidates = [.. graph.Nodes.Where(node => QuantizationOperators.CanQuantize(node, graph))
            .SelectMany(node => QuantizationOperators.Data(node).Concat(node.Output)).Distinct()
            .Where(name => graph.Producer(name) is not null && graph.Constant(name) is null && !IsDerived(graph, name))];
        ModelProto exposed = Expose(model, candidates);
        using InferenceSession session = OnnxSessions.Open(Google.Protobuf.MessageExtensions.ToByteArray(exposed), "the model with its intermediate results", threads);
        HashSet<string> single = [.. session.OutputMetadata.Concat(session.InputMetadata)
            .Where(entry => entry.Value.IsTensor && entry.Value.ElementDataType == TensorElementType.Float).Select(entry => entry.Key)];
        foreach (NodeProto node in graph.Nodes.Where(node => node.Output.Any(output => IsDerived(graph, output)) && QuantizationOperators.Data(node).All(single.Contains)))
        {
            single.UnionWith(node.Output);
        }

        Calibrator calibrator = new(QuantizationPlan.Of(graph, single.Contains));
        HashSet<string> needed = [.. graph.Nodes.Where(calibrator.Plan.Has)
            .SelectMany(node => QuantizationOperators.Data(node).Concat(node.Output)).Where(name => graph.Constant(name) is null && !IsDerived(graph, name))];
        string[] outputs = [.. candidates.Where(needed.Contains)];
        foreach (IReadOnlyList<CalibrationTensor> input in inputs)
        {
            calibrator.Inputs++;
            foreach (CalibrationTensor fed in input)
            {
                calibrator.Count(fed.Name, fed.Values, needed.Contains(fed.Name));
            }

            OnnxSessions.Run(session, input, outputs, (i, value) => calibrator.Count(outputs[i], value.GetTensorDataAsSpan<float>(), true));
        }

        return calibrator.Inputs > 0 ? calibrator
            : throw new GraftException(Failure.Data, "There is no calibration input; the ranges of activations are measured on at least one.",
                "Name a data set with images for calibration; some hundred of them are usual.");
    }

    /// <summary>The range of every activation by one method. Outputs that only repeat or join values, and those with fixed bounds, have none.</summary>
    internal Dictionary<string, ActivationRange> Ranges(CalibrationChoice choice)
        => _histograms.AsParallel().ToDictionary(entry => entry.Key, entry => CalibrationRanges.Of(entry.Value, choice), StringComparer.Ordinal);

    /// <summary>Whether the range of a tensor follows from its operator and the ranges before it.</summary>
    private static bool IsDerived(OnnxGraph graph, string tensor)
        => graph.Producer(tensor) is { } node && (QuantizationOperators.KeepsRange(node) || QuantizationOperators.IsUnitInterval(node) || node.OpType == "Concat")
            && QuantizationOperators.CanQuantize(node, graph);

    private void Count(string name, ReadOnlySpan<float> values, bool histogram)
    {
        _elements[name] = values.Length;
        if (!_histograms.TryGetValue(name, out ActivationHistogram? counts))
        {
            counts = new ActivationHistogram();
            if (histogram)
            {
                _histograms[name] = counts;
            }
        }

        if (!counts.TryAdd(values))
        {
            throw new GraftException(Failure.Data, $"Calibration input {Inputs} gives values in {Printable.Quoted(name)} that are not finite numbers.",
                "Check this input and the model's weights for NaN and infinity.");
        }
    }

    /// <summary>A copy of the model with further outputs; ONNX Runtime infers their types.</summary>
    internal static ModelProto Expose(ModelProto model, IEnumerable<string> tensors)
    {
        ModelProto copy = model.Clone();
        HashSet<string> present = [.. copy.Graph.Output.Select(output => output.Name)];
        copy.Graph.Output.AddRange(tensors.Where(present.Add).Select(name => new ValueInfoProto { Name = name }));
        return copy;
    }
}
