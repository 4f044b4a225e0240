namespace Graft.Reports.Pages;

/// <summary>The content of a report, without its layout.</summary>
/// <param name="Title">The title.</param>
/// <param name="Subtitle">One line below it; may be empty.</param>
/// <param name="Blocks">The content from top to bottom.</param>
public sealed record Page(string Title, string Subtitle, IReadOnlyList<PageBlock> Blocks)
{
    /// <summary>The same page with embedded images, so that it is one file.</summary>
    /// <param name="folder">The folder that the images' paths start from.</param>
    public Page WithEmbeddedImages(string folder)
        => this with { Blocks = [.. Blocks.Select(block => block is ImageBlock image ? image.Embedded(folder) : block)] };
}
