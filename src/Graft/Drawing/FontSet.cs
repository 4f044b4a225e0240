using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Graft.Text;

namespace Graft.Drawing;

/// <summary>Chooses among font files a font for each run of characters.</summary>
internal sealed class FontSet(IReadOnlyList<string> files)
{
    private readonly FontFile[] _files = [.. files.Select(file => new FontFile(file))];
    private readonly ConcurrentDictionary<int, FontFile?> _chosen = new();
    private readonly ConcurrentDictionary<FontFile, FontFile?> _bold = new();
    private FontFile? _main;

    /// <summary>The default font: the first file that can be read; null when there is none.</summary>
    public FontFile? Main => _main ??= _files.FirstOrDefault(file => file.Typeface is not null);

    /// <summary>The bold font that belongs to a font; null if it has none.</summary>
    public FontFile? BoldOf(FontFile font) => _bold.GetOrAdd(font, regular =>
        FontFolders.BoldOf(regular.Path, files) is string path ? _files.First(file => file.Path == path) : null);

    /// <summary>The first font with a glyph; null when no font has one.</summary>
    public FontFile? For(int codePoint) => _chosen.GetOrAdd(codePoint, wanted => _files.FirstOrDefault(file => file.Has(wanted)));

    /// <summary>The characters of a text that no font has, each once.</summary>
    public IEnumerable<Rune> Missing(string text) => OneLine(text).EnumerateRunes().Where(rune => For(rune.Value) is null).Distinct();

    /// <summary>A text as runs of one font each; a run without a font has characters that no font has.</summary>
    public IReadOnlyList<TextRun> Split(string text)
    {
        List<TextRun> runs = [];
        StringBuilder run = new();
        FontFile? font = null;
        foreach (Rune rune in OneLine(text).EnumerateRunes())
        {
            // Spaces and combining marks use the font of the character before them.
            bool stays = run.Length > 0 && font is not null && (Rune.IsWhiteSpace(rune) || IsMark(rune)) && font.Has(rune.Value);
            FontFile? next = stays ? font : For(rune.Value);
            if (run.Length > 0 && next != font)
            {
                runs.Add(new TextRun(run.ToString(), font));
                run.Clear();
            }

            font = next;
            run.Append(rune);
        }

        if (run.Length > 0)
        {
            runs.Add(new TextRun(run.ToString(), font));
        }

        return runs;
    }

    /// <summary>The text in composed form on one line, without invisible characters.</summary>
    public static string OneLine(string text)
    {
        StringBuilder drawn = new(text.Length);
        foreach (Rune rune in NormalizationC.Normalize(text).EnumerateRunes())
        {
            UnicodeCategory kind = Rune.GetUnicodeCategory(rune);
            if (kind is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                drawn.Append(' ');
            }
            else if (rune.Value is 0xFFFE or 0xFFFF)
            {
                drawn.Append(Rune.ReplacementChar);
            }
            else if (kind != UnicodeCategory.Format && rune.Value is not (>= 0xFE00 and <= 0xFE0F))
            {
                drawn.Append(rune);
            }
        }

        return drawn.ToString();
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;
}
