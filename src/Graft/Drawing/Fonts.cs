using System.Text;
using SkiaSharp;

namespace Graft.Drawing;

/// <summary>The fonts of this machine for drawing text; searched on first use.</summary>
public static class Fonts
{
    private const int ShownCharacters = 8;
    private static readonly Lazy<FontSet> OfSystem = new(() => new FontSet(FontFolders.Files(FontFolders.OfSystem())));

    internal static FontSet System => OfSystem.Value;

    /// <summary>Whether the fonts of this machine have every character of a text.</summary>
    public static bool CanWrite(string text) => CanWrite(text, System);

    /// <summary>Note for the user before texts are drawn: the characters that no font has, and the Debian packages with such fonts.</summary>
    /// <param name="texts">All texts that will be drawn, such as the class names.</param>
    /// <returns>A remark to show once as a warning; empty when every character has a font.</returns>
    public static IReadOnlyList<string> Remarks(IEnumerable<string> texts) => Remarks(texts, System);

    /// <summary>The font for texts that are drawn with a single one: of their first character beyond ASCII; null when none needs a font or has one.</summary>
    internal static SKTypeface? Single(IEnumerable<string> texts) => Single(texts, System);

    internal static SKTypeface? Single(IEnumerable<string> texts, FontSet fonts)
        => texts.SelectMany(text => FontSet.OneLine(text).EnumerateRunes()).Where(rune => !rune.IsAscii).Select(rune => fonts.For(rune.Value)?.Typeface).FirstOrDefault();

    internal static bool CanWrite(string text, FontSet fonts) => !fonts.Missing(text).Any();

    internal static IReadOnlyList<string> Remarks(IEnumerable<string> texts, FontSet fonts)
    {
        Rune[] missing = [.. texts.SelectMany(fonts.Missing).Distinct()];
        if (missing.Length == 0)
        {
            return [];
        }

        string packages = string.Join(" and ", missing.Select(PackageFor).Distinct().Order(StringComparer.Ordinal));
        string shown = Listed.First([.. missing.Select(rune => rune.ToString())], ShownCharacters, " ");
        return [$"No font of this machine has the characters {shown}: images show boxes or class numbers instead. Install Debian's {packages}."];
    }

    private static string PackageFor(Rune rune) => rune.Value switch
    {
        < 0x0590 or (>= 0x1E00 and <= 0x2BFF) => "fonts-dejavu-core",
        (>= 0x1100 and <= 0x11FF) or (>= 0x3130 and <= 0x318F) or (>= 0xA960 and <= 0xA97F) or (>= 0xAC00 and <= 0xD7FF) => "fonts-nanum",
        (>= 0x2E80 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE4F) or (>= 0xFF00 and <= 0xFFEF) or (>= 0x20000 and <= 0x3FFFF)
            => "fonts-noto-cjk",
        _ => "fonts-noto-core",
    };
}
