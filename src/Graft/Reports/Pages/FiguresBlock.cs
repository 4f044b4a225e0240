namespace Graft.Reports.Pages;

/// <summary>The key figures, side by side.</summary>
/// <param name="Figures">The numbers.</param>
public sealed record FiguresBlock(IReadOnlyList<KeyFigure> Figures) : PageBlock;
