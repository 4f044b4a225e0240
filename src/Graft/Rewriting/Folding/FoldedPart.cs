namespace Graft.Rewriting;

/// <summary>A part that was merged or folded into others.</summary>
/// <param name="Name">Dotted path of the part.</param>
/// <param name="Rule">The identity that was used, as text.</param>
/// <param name="Into">Dotted paths of the layers that contain it afterwards.</param>
public sealed record FoldedPart(string Name, string Rule, IReadOnlyList<string> Into);
