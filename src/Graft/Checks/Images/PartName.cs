using System.Text.RegularExpressions;

namespace Graft.Checks;

/// <summary>The part that a file name speaks of, so that versions of one image are recognised.</summary>
internal static partial class PartName
{
    /// <summary>
    /// The name without what exporters, augmentation and file managers append (<c>part7_jpg.rf.0123…</c>, <c>part7 - Copy</c>, <c>part7 (1)</c>);
    /// null for a mere number (<c>000123.jpg</c>, <c>IMG_0123.jpg</c>), which says nothing about the part.
    /// </summary>
    internal static string? Of(string path)
    {
        string stem = Path.GetFileNameWithoutExtension(path).ToLowerInvariant();
        for (string previous = ""; stem != previous;)
        {
            previous = stem;
            stem = Appended().Replace(stem, "");
        }

        return Number().IsMatch(stem) ? null : stem;
    }

    [GeneratedRegex(@"(\.rf\.[0-9a-z]{8,}|_(jpg|jpeg|png|bmp|webp)|[ _-]+copy\d*| ?\(\d+\)|[_-]aug(mented)?[_-]?\d*)$")]
    private static partial Regex Appended();

    [GeneratedRegex(@"^(img|image|frame|picture|pic|photo|dscn?|scan|shot|train|val)?[ _.\-\d]*$")]
    private static partial Regex Number();
}
