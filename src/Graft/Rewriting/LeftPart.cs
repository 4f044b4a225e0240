namespace Graft.Rewriting;

/// <summary>A part that was not merged.</summary>
/// <param name="Name">Dotted path.</param>
/// <param name="Reason">Why no exact rule applies.</param>
public sealed record LeftPart(string Name, string Reason);
