namespace Graft.Reports.Pages;

/// <summary>A report as it is read: what it says and in which order, without how it looks.</summary>
/// <param name="Title">The title.</param>
/// <param name="Subtitle">One line below it; may be empty.</param>
/// <param name="Blocks">The content from top to bottom.</param>
public sealed record Page(string Title, string Subtitle, IReadOnlyList<PageBlock> Blocks)
{
    /// <summary>The same page with its images inside, so that it is one file.</summary>
    /// <param name="folder">The folder that the images' paths start from.</param>
    public Page WithEmbeddedPictures(string folder)
        => this with { Blocks = [.. Blocks.Select(block => block is PictureBlock picture ? picture.Embedded(folder) : block)] };
}
