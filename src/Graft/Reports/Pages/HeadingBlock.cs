namespace Graft.Reports.Pages;

/// <summary>A heading.</summary>
/// <param name="Text">Plain text.</param>
public sealed record HeadingBlock(string Text) : PageBlock;
