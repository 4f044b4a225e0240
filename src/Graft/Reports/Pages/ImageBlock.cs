namespace Graft.Reports.Pages;

/// <summary>An image with a caption.</summary>
/// <param name="Source">Its path relative to the page, or a <c>data:</c> address.</param>
/// <param name="Caption">What it shows.</param>
public sealed record ImageBlock(string Source, string Caption) : PageBlock
{
    /// <summary>The same image embedded: its bytes as a <c>data:</c> address; unchanged if there is no such file.</summary>
    /// <param name="folder">The folder of the page.</param>
    public ImageBlock Embedded(string folder)
    {
        string path = Path.Combine(folder, Source);
        string? type = Path.GetExtension(Source).ToUpperInvariant() switch
        {
            ".PNG" => "image/png",
            ".JPG" or ".JPEG" => "image/jpeg",
            _ => null,
        };
        return type is null || !File.Exists(path)
            ? this
            : this with { Source = $"data:{type};base64,{Convert.ToBase64String(File.ReadAllBytes(path))}" };
    }
}
