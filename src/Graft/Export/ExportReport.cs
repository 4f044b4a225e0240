using Onnx;

namespace Graft.Export;

/// <summary>What an export wrote, with its proof.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Proof">Differences between the file in ONNX Runtime and its source.</param>
/// <param name="Nodes">Number of nodes by operator, most first.</param>
/// <param name="Loaders">Verdict of each loader's rules.</param>
public sealed record ExportReport(
    string Path, long Bytes, ExportProof Proof, IReadOnlyList<(string Operator, int Count)> Nodes, IReadOnlyDictionary<string, LoaderVerdict> Loaders)
{
    /// <summary>Operator set of the graph.</summary>
    public int Opset { get; } = GraphBuilder.Opset;

    /// <summary>Names and shapes of the outputs.</summary>
    public IReadOnlyList<(string Name, string Shape)> Outputs { get; init; } = [];

    /// <summary>The rewrite before the export, with its proof; null when the network was exported as it is.</summary>
    public Rewriting.RewriteReport? Rewrite { get; init; }

    /// <summary>What int8 costs and gains; null for a float model.</summary>
    public Int8Report? Int8 { get; init; }

    /// <summary>Notes for the user, such as limits of the proof.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Adapters that were written beside the model, with their proofs.</summary>
    public IReadOnlyList<AdapterReport> Adapters { get; init; } = [];

    internal static IReadOnlyList<(string Operator, int Count)> Count(GraphProto graph)
        => [.. graph.Node.CountBy(node => node.OpType).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value))];
}
