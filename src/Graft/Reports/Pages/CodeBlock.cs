namespace Graft.Reports.Pages;

/// <summary>Text to copy, such as a command line.</summary>
/// <param name="Text">The text, with its line breaks.</param>
public sealed record CodeBlock(string Text) : PageBlock;
