namespace Graft.Export;

/// <summary>Whether a loader of YOLO models reads an exported file.</summary>
/// <param name="Reads">Whether it loads the file and decodes it as meant.</param>
/// <param name="Objections">Why not, and what it reads differently.</param>
public sealed record LoaderVerdict(bool Reads, IReadOnlyList<string> Objections);
