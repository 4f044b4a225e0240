namespace Graft.Reports.Pages;

/// <summary>A paragraph.</summary>
/// <param name="Text">Plain text.</param>
public sealed record TextBlock(string Text) : PageBlock
{
    /// <summary>Whether the reader must not miss it.</summary>
    public bool IsWarning { get; init; }
}
