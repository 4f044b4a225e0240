using Onnx;

namespace Graft.Export;

/// <summary>Parts of an exported model, with all nodes as they are.</summary>
internal static class ModelParts
{
    /// <summary>The model with inner float32 values as further outputs.</summary>
    internal static ModelProto With(ModelProto model, IEnumerable<string> values)
    {
        ModelProto whole = model.Clone();
        whole.Graph.Output.AddRange(values.Select(Undetermined));
        return whole;
    }

    /// <summary>What follows inner float32 values, which become inputs.</summary>
    internal static ModelProto After(ModelProto model, IReadOnlyList<string> values)
    {
        ModelProto part = model.Clone();
        foreach (NodeProto node in part.Graph.Node)
        {
            for (int i = 0; i < node.Output.Count; i++)
            {
                node.Output[i] = values.Contains(node.Output[i]) ? $"{node.Output[i]}.unused" : node.Output[i];
            }
        }

        part.Graph.Input.AddRange(values.Select(Undetermined));
        DeadNodes.Remove(part.Graph);
        return part;
    }

    private static ValueInfoProto Undetermined(string name)
    {
        ValueInfoProto value = GraphBuilder.ValueOf(name);
        value.Type.TensorType.Shape = null;
        return value;
    }
}
