using Graft.Files;

namespace Graft.Reports.Pages;

/// <summary>The content of a report, without its layout.</summary>
/// <param name="Title">The title.</param>
/// <param name="Subtitle">One line below it; may be empty.</param>
/// <param name="Blocks">The content from top to bottom.</param>
public sealed record Page(string Title, string Subtitle, IReadOnlyList<PageBlock> Blocks)
{
    /// <summary>Writes the page as one file with its images inside, and the same as Markdown beside it.</summary>
    /// <param name="path">The HTML file; the images' paths start from its folder.</param>
    public void Save(string path)
    {
        AtomicFile.WriteText(path, HtmlView.Of(WithEmbeddedImages(Path.GetDirectoryName(path) ?? "")));
        AtomicFile.WriteText(Path.ChangeExtension(path, ".md"), MarkdownView.Of(this));
    }

    /// <summary>The same page with embedded images, so that it is one file.</summary>
    /// <param name="folder">The folder that the images' paths start from.</param>
    public Page WithEmbeddedImages(string folder)
        => this with { Blocks = [.. Blocks.Select(block => block is ImageBlock image ? image.Embedded(folder) : block)] };
}
