using Onnx;

namespace Graft.Export;

/// <summary>
/// Values that follow from the inputs after the first one, the images: text. They and the products with them stay in float: their ranges are those of
/// the prompts that were calibrated with, and an application gives others.
/// </summary>
internal static class FurtherInputs
{
    /// <summary>Names of these inputs and of all values that depend on them and not on the images.</summary>
    internal static HashSet<string> Of(OnnxGraph graph)
    {
        HashSet<string> values = [.. graph.Model.Graph.Input.Skip(1).Select(input => input.Name)];
        foreach (NodeProto node in graph.Nodes)
        {
            string[] inputs = [.. graph.Dynamic(node)];
            if (inputs.Length > 0 && inputs.All(values.Contains))
            {
                values.UnionWith(node.Output);
            }
        }

        return values;
    }
}
