using Graft.Files;
using Onnx;

namespace Graft.Export;

/// <summary>Compares the graphs of two networks of one architecture: nodes must be equal, float32 constants may differ in their values.</summary>
internal static class ConstantComparison
{
    /// <summary>The float32 constants that differ.</summary>
    /// <param name="name">The adapter's name, for messages.</param>
    /// <param name="source">The base's graph.</param>
    /// <param name="adapted">The graph with the adapter.</param>
    /// <exception cref="GraftException">Of kind Usage: a constant has another shape; of kind Export: the graphs have other nodes.</exception>
    internal static IReadOnlyDictionary<string, TensorProto> Changed(string name, GraphProto source, GraphProto adapted)
    {
        Dictionary<string, TensorProto> known = source.Initializer.ToDictionary(tensor => tensor.Name), changed = [];
        foreach (TensorProto tensor in adapted.Initializer.Where(OnnxTensors.IsSingle))
        {
            if (known.GetValueOrDefault(tensor.Name) is { } own && OnnxTensors.IsSingle(own) && !own.Dims.SequenceEqual(tensor.Dims))
            {
                throw new GraftException(
                    Failure.Usage, $"The adapter {name} has {tensor.Name} of shape {Shape(tensor)}, the first adapter of shape {Shape(own)}; one base takes adapters of one architecture.",
                    "Train the adapters with the same kinds, sites and ranks, or export them separately.");
            }
        }

        string? other = Enumerable.Range(0, Math.Min(source.Node.Count, adapted.Node.Count))
            .Where(i => !source.Node[i].Equals(adapted.Node[i])).Select(i => adapted.Node[i].Name).FirstOrDefault()
            ?? (source.Node.Count != adapted.Node.Count ? $"{adapted.Node.Count} nodes instead of {source.Node.Count}" : null)
            ?? source.Initializer.Select(tensor => tensor.Name).Except(adapted.Initializer.Select(tensor => tensor.Name)).FirstOrDefault();
        foreach (TensorProto tensor in adapted.Initializer)
        {
            TensorProto? own = known.GetValueOrDefault(tensor.Name);
            if (own?.Equals(tensor) == true)
            {
                continue;
            }

            if (own is not null && OnnxTensors.IsSingle(own) && OnnxTensors.IsSingle(tensor))
            {
                changed[tensor.Name] = tensor;
            }
            else
            {
                other ??= tensor.Name;
            }
        }

        return other is null ? changed : throw new GraftException(
            Failure.Export, $"The graph with the adapter {name} differs from that of the first adapter in more than values: {other}.",
            "Train the adapters with the same options, or export them separately: graft export BASE --adapter FILE.");
    }

    private static string Shape(TensorProto tensor) => $"[{string.Join(", ", tensor.Dims)}]";
}
