using System.Globalization;
using System.Text;

namespace Graft.Files;

/// <summary>Makes names and shapes from files safe to print.</summary>
public static class Printable
{
    private const int LongestName = 96;

    /// <summary>A name from a file, shortened, with control and unpaired characters escaped.</summary>
    /// <param name="text">The name.</param>
    /// <param name="longest">Maximum number of characters shown.</param>
    public static string Name(string text, int longest = LongestName)
    {
        bool cut = text.Length > longest;
        StringBuilder shown = new(Math.Min(text.Length, longest) + 16);
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            bool plain = !char.IsControl(c) && !char.IsSurrogate(c) && char.GetUnicodeCategory(c) is not (UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);
            shown = plain ? shown.Append(c) : shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return cut ? shown.Append(CultureInfo.InvariantCulture, $"… ({text.Length} characters)").ToString() : shown.ToString();
    }

    /// <summary>Text of several lines, with those control characters escaped that would move the cursor, colour a terminal or reverse
    /// the line.</summary>
    public static string Text(string text)
    {
        if (!text.Any(Moves))
        {
            return text;
        }

        StringBuilder shown = new(text.Length + 16);
        foreach (char c in text)
        {
            shown = Moves(c) ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : shown.Append(c);
        }

        return shown.ToString();

        static bool Moves(char c) => (char.IsControl(c) && c is not ('\n' or '\t')) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
    }

    /// <summary>A name from a file in single quotes.</summary>
    public static string Quoted(string text) => $"'{Name(text)}'";

    /// <summary>A shape such as 64×3×3×3; a single number has no dimensions and reads "scalar".</summary>
    public static string Shape(ReadOnlySpan<long> shape)
    {
        if (shape.Length == 0)
        {
            return "scalar";
        }

        StringBuilder text = new();
        for (int i = 0; i < Math.Min(shape.Length, 12); i++)
        {
            text.Append(i == 0 ? "" : "×").Append(shape[i]);
        }

        return shape.Length > 12 ? text.Append("×… (").Append(shape.Length).Append(" dimensions)").ToString() : text.ToString();
    }
}
