using Onnx;

namespace Graft.Export;

/// <summary>Removes nodes, constants and overridable inputs that no output depends on.</summary>
internal static class DeadNodes
{
    internal static void Remove(GraphProto graph)
    {
        HashSet<string> read = [.. graph.Output.Select(output => output.Name)];
        for (int i = graph.Node.Count - 1; i >= 0; i--)
        {
            NodeProto node = graph.Node[i];
            if (node.Output.Any(read.Contains))
            {
                read.UnionWith(node.Input);
            }
            else
            {
                graph.Node.RemoveAt(i);
            }
        }

        for (int i = graph.Initializer.Count - 1; i >= 0; i--)
        {
            string name = graph.Initializer[i].Name;
            if (!read.Contains(name))
            {
                graph.Initializer.RemoveAt(i);
                if (graph.Input.FirstOrDefault(input => input.Name == name) is { } overridable)
                {
                    graph.Input.Remove(overridable);
                }
            }
        }
    }
}
