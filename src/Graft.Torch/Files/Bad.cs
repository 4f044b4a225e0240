using System.Globalization;
using System.Text;

namespace Graft.Files;

/// <summary>Errors about files, and names from files made fit to be printed.</summary>
internal static class Bad
{
    private const int LongestName = 96;

    /// <summary>A file that cannot be read as weights.</summary>
    internal static GraftException File(string path, string found, string? hint = null, Exception? inner = null)
        => new(Failure.Model, $"{Name(path, 400)}: {found}", hint, inner);

    /// <summary>A name from a file, shortened, with control and unpaired characters escaped.</summary>
    internal static string Name(string text, int longest = LongestName)
    {
        bool cut = text.Length > longest;
        var shown = new StringBuilder(Math.Min(text.Length, longest) + 16);
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            bool plain = !char.IsControl(c) && !char.IsSurrogate(c) && char.GetUnicodeCategory(c) is not (UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);
            shown = plain ? shown.Append(c) : shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return cut ? shown.Append(CultureInfo.InvariantCulture, $"… ({text.Length} characters)").ToString() : shown.ToString();
    }

    /// <summary>A name from a file in single quotes.</summary>
    internal static string Quoted(string text) => $"'{Name(text)}'";

    /// <summary>A shape such as 64×3×3×3; a single number has no dimensions and reads "scalar".</summary>
    internal static string Shape(ReadOnlySpan<long> shape)
    {
        if (shape.Length == 0)
        {
            return "scalar";
        }

        var text = new StringBuilder();
        for (int i = 0; i < Math.Min(shape.Length, 12); i++)
        {
            text.Append(i == 0 ? "" : "×").Append(shape[i]);
        }

        return shape.Length > 12 ? text.Append("×… (").Append(shape.Length).Append(" dimensions)").ToString() : text.ToString();
    }
}
