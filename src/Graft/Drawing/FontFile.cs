using SkiaSharp;

namespace Graft.Drawing;

/// <summary>A font file that is opened on first use and stays open.</summary>
internal sealed class FontFile(string path)
{
    private readonly Lazy<SKTypeface?> _typeface = new(() => SKTypeface.FromFile(path));

    /// <summary>Path of the file.</summary>
    public string Path => path;

    /// <summary>The font; null when the file cannot be read as one.</summary>
    public SKTypeface? Typeface => _typeface.Value;

    /// <summary>Whether it has a glyph for a code point.</summary>
    public bool Has(int codePoint) => Typeface is SKTypeface typeface && typeface.GetGlyphs(char.ConvertFromUtf32(codePoint)) is [not 0, ..];
}
