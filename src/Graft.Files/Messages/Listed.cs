using System.Globalization;
using System.Text;

namespace Graft;

/// <summary>Formats lists of names for messages.</summary>
public static class Listed
{
    /// <summary>All names: "a, b and c".</summary>
    public static string All(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
    }

    /// <summary>The first names, with the number of the others: "a, b and 3 more".</summary>
    /// <param name="names">The names.</param>
    /// <param name="shown">How many are named.</param>
    /// <param name="separator">What is between two names.</param>
    public static string First(IReadOnlyCollection<string> names, int shown, string separator = ", ")
    {
        ArgumentNullException.ThrowIfNull(names);
        string rest = names.Count > shown ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - shown} more") : "";
        return string.Join(separator, names.Take(shown)) + rest;
    }

    /// <summary>Appends an indented line for each of the first items, and one with the number of the others.</summary>
    /// <param name="text">What they are appended to.</param>
    /// <param name="items">The items.</param>
    /// <param name="shown">How many get a line.</param>
    public static void Append(StringBuilder text, IReadOnlyCollection<string> items, int shown)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(items);
        foreach (string item in items.Take(shown))
        {
            text.Append("    ").AppendLine(item);
        }

        if (items.Count > shown)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    … and {items.Count - shown} more");
        }
    }
}
