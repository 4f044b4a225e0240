using System.Globalization;
using System.Text;

namespace Graft.Runtime.Models;

/// <summary>The few Python literals that other exporters write into a model's metadata.</summary>
internal static class PythonLiteral
{
    /// <summary>Reads <c>{0: 'scratch', 1: "it's"}</c> or <c>['scratch', 'dent']</c>.</summary>
    /// <returns>The names in the order of their indices; null when the text is neither, or the indices are not 0, 1, 2…</returns>
    public static string[]? ReadNames(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.Length < 2 || (rest[0], rest[^1]) is not (('{', '}') or ('[', ']') or ('(', ')')))
        {
            return null;
        }

        bool isKeyed = rest[0] == '{';
        rest = rest[1..^1].Trim();
        List<string> names = [];
        SortedDictionary<int, string> keyed = [];
        while (!rest.IsEmpty)
        {
            int index = names.Count;
            if (isKeyed && !TakeIndex(ref rest, out index))
            {
                return null;
            }

            if (TakeText(ref rest) is not string name || !keyed.TryAdd(index, name))
            {
                return null;
            }

            names.Add(name);
            rest = rest.TrimStart();
            if (!rest.IsEmpty && rest[0] != ',')
            {
                return null;
            }

            rest = rest.IsEmpty ? rest : rest[1..].TrimStart();
        }

        return names.Count > 0 && keyed.Keys.SequenceEqual(Enumerable.Range(0, names.Count)) ? [.. keyed.Values] : null;
    }

    /// <summary>Reads <c>[640, 480]</c>, <c>640, 480</c> or <c>640</c>; null when the text is none of them.</summary>
    public static int[]? ReadIntegers(string text)
    {
        string[] parts = text.Trim().Trim('[', ']', '(', ')').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        int[] values = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.Integer, CultureInfo.InvariantCulture, out values[i]))
            {
                return null;
            }
        }

        return values.Length > 0 ? values : null;
    }

    private static bool TakeIndex(ref ReadOnlySpan<char> rest, out int index)
    {
        int colon = rest.IndexOf(':');
        if (colon < 0 || !int.TryParse(rest[..colon].Trim().Trim('\'').Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out index))
        {
            index = -1;
            return false;
        }

        rest = rest[(colon + 1)..].TrimStart();
        return true;
    }

    private static string? TakeText(ref ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty || rest[0] is not ('\'' or '"'))
        {
            return null;
        }

        char quote = rest[0];
        StringBuilder text = new();
        for (int i = 1; i < rest.Length; i++)
        {
            if (rest[i] == quote)
            {
                rest = rest[(i + 1)..];
                return text.ToString();
            }

            if (rest[i] == '\\' && i + 1 < rest.Length)
            {
                i++;
            }

            text.Append(rest[i]);
        }

        return null;
    }
}
