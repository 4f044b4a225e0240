using System.Text;
using System.Text.Json.Nodes;
using Graft.Files;

namespace Graft.Peft;

/// <summary>Writes counts with names into reports.</summary>
internal static class CountedNames
{
    /// <summary>Appends a line with a count, then an indented line for each of the first names.</summary>
    /// <param name="text">What they are appended to.</param>
    /// <param name="label">What is counted.</param>
    /// <param name="count">The count.</param>
    /// <param name="names">The names.</param>
    /// <param name="shown">How many get a line.</param>
    internal static void Append(StringBuilder text, string label, int count, IEnumerable<string> names, int shown)
    {
        text.Append("  ").Append(label).Append(": ").Append(count).AppendLine();
        foreach (string name in names.Take(shown))
        {
            text.Append("    ").AppendLine(Printable.Name(name, 300));
        }
    }

    /// <summary>The names as a JSON array.</summary>
    internal static JsonArray ToJson(IEnumerable<string> names) => [.. names.Select(name => (JsonNode)name)];
}
