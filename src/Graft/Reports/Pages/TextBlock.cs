namespace Graft.Reports.Pages;

/// <summary>A paragraph.</summary>
/// <param name="Text">Plain text.</param>
public sealed record TextBlock(string Text) : PageBlock
{
    /// <summary>Whether it is shown as a warning.</summary>
    public bool IsWarning { get; init; }
}
