using Onnx;

namespace Graft.Export;

/// <summary>Removes nodes, constants and inputs that no output depends on.</summary>
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

        Keep(graph.Initializer, tensor => read.Contains(tensor.Name));
        Keep(graph.Input, input => read.Contains(input.Name));
    }

    private static void Keep<T>(IList<T> all, Func<T, bool> isRead)
    {
        for (int i = all.Count - 1; i >= 0; i--)
        {
            if (!isRead(all[i]))
            {
                all.RemoveAt(i);
            }
        }
    }
}
