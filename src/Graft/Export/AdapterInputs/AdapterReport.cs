namespace Graft.Export;

/// <summary>What an export wrote for one adapter.</summary>
/// <param name="Name">The adapter's name.</param>
/// <param name="Path">Its <c>.onnx_adapter</c> file; a safetensors file beside it holds the same values.</param>
/// <param name="Bytes">Size of the <c>.onnx_adapter</c> file.</param>
/// <param name="Names">Its class names, in label order.</param>
/// <param name="Proof">Differences between the base with this file in ONNX Runtime and the adapted detector.</param>
public sealed record AdapterReport(string Name, string Path, long Bytes, IReadOnlyList<string> Names, ExportProof Proof);
