using Onnx;

namespace Graft.Export;

/// <summary>What a loader sees of a file.</summary>
internal sealed class LoadedModel(ModelProto model, IReadOnlyDictionary<string, string> metadata)
{
    /// <summary>Metadata entries.</summary>
    internal IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Lengths of the first input's axes; -1 for dynamic ones.</summary>
    internal long[] Input => Shape(model.Graph.Input[0]);

    /// <summary>Lengths of the first output's axes; -1 for dynamic ones.</summary>
    internal long[] Output => Shape(model.Graph.Output[0]);

    /// <summary>Name of the first output.</summary>
    internal string OutputName => model.Graph.Output[0].Name;

    /// <summary>Number of inputs that must be given.</summary>
    internal int Inputs => model.Graph.Input.Count(input => model.Graph.Initializer.All(tensor => tensor.Name != input.Name));

    /// <summary>Whether the output needs no NMS.</summary>
    internal bool IsEndToEnd => metadata.ContainsKey("end2end");

    /// <summary>Keys that are required and missing.</summary>
    internal IEnumerable<(bool Fatal, string Text)> Missing(params IEnumerable<string> keys)
        => keys.Where(key => !metadata.ContainsKey(key)).Select(key => (true, $"needs the metadata key {key}"));

    private static long[] Shape(ValueInfoProto value) => [.. value.Type.TensorType.Shape.Dim.Select(dim => dim.DimParam.Length > 0 ? -1 : dim.DimValue)];
}
