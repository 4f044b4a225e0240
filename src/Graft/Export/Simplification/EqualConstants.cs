using System.Security.Cryptography;
using Onnx;

namespace Graft.Export;

/// <summary>Stores constants with the same values once: the members of a joined model share most of their weights.</summary>
internal static class EqualConstants
{
    private const int Smallest = 1024;

    /// <summary>Lets every reader of a constant read the first one with its type, shape and values. Constants below 1024 bytes stay, and so
    /// do overridable inputs.</summary>
    internal static void Unite(GraphProto graph)
    {
        Dictionary<string, string> firsts = [], instead = [];
        foreach (TensorProto tensor in OnnxTensors.Constants(graph).Where(tensor => tensor.RawData.Length >= Smallest))
        {
            string key = $"{tensor.DataType} {string.Join(',', tensor.Dims)} {Convert.ToHexString(SHA256.HashData(tensor.RawData.Span))}";
            if (!firsts.TryAdd(key, tensor.Name))
            {
                instead[tensor.Name] = firsts[key];
            }
        }

        if (instead.Count == 0)
        {
            return;
        }

        foreach (NodeProto node in graph.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = instead.GetValueOrDefault(node.Input[i], node.Input[i]);
            }
        }

        foreach (TensorProto tensor in graph.Initializer.Where(tensor => instead.ContainsKey(tensor.Name)).ToArray())
        {
            graph.Initializer.Remove(tensor);
        }
    }
}
