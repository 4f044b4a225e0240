using System.Text.Json;

namespace Graft.Data;

/// <summary>Reads the texts of <c>attributes</c> objects; equal objects become one.</summary>
internal sealed class AttributeReader
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _known = new(StringComparer.Ordinal);

    /// <summary>Reads the object at the cursor; null where it has no text.</summary>
    public IReadOnlyDictionary<string, string>? Read(ref JsonCursor json)
    {
        SortedDictionary<string, string> read = new(StringComparer.Ordinal);
        json.EnterObject("attributes");
        while (json.NextProperty(out string name))
        {
            if (json.Token != JsonTokenType.String)
            {
                json.Skip();            // CVAT writes flags and numbers beside the texts
                continue;
            }

            if (json.ReadStringOrNull("a text") is { Length: > 0 } text)
            {
                read[name] = text;
            }
        }

        if (read.Count == 0)
        {
            return null;
        }

        string key = string.Concat(read.Select(entry => $"{entry.Key}\0{entry.Value}\0"));
        if (!_known.TryGetValue(key, out IReadOnlyDictionary<string, string>? known))
        {
            _known[key] = known = read;
        }

        return known;
    }
}
