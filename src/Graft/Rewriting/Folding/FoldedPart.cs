namespace Graft.Rewriting;

/// <summary>A part that was merged or folded into others.</summary>
/// <param name="Name">Dotted path of what is gone.</param>
/// <param name="Rule">The identity that was used, in words.</param>
/// <param name="Into">Dotted paths of what took it in.</param>
public sealed record FoldedPart(string Name, string Rule, IReadOnlyList<string> Into);
