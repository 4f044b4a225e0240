namespace Graft.Adapters;

/// <summary>A compressed LoRA file and its error.</summary>
/// <param name="File">The smaller file's contents.</param>
/// <param name="Error">Relative error of all changes together (Frobenius norm), 0..1.</param>
/// <param name="Sites">The same per site.</param>
public sealed record LoraCompression(AdapterFile File, double Error, IReadOnlyList<(string Site, double Error)> Sites);
