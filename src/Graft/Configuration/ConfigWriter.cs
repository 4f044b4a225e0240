using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Graft.Files;

namespace Graft.Configuration;

/// <summary>Writes records as YAML or JSON, every setting with its value, so that reading them again gives an equal record.</summary>
public static partial class ConfigWriter
{
    /// <summary>The record as YAML, ends with a line feed.</summary>
    public static string ToYaml(object record)
    {
        StringBuilder yaml = new();
        Write(yaml, ConfigTree.Of(record), 0);
        return yaml.ToString();
    }

    /// <summary>The record as a JSON object under the same keys.</summary>
    public static JsonObject ToJson(object record) => (JsonObject)Json(ConfigTree.Of(record))!;

    internal static IEnumerable<ConfigEntry> Flatten(ConfigNode node, string path) => node is ConfigMap { Entries.Count: > 0 } map
        ? map.Entries.SelectMany(entry => Flatten(entry.Value, ConfigPath.Append(path, entry.Key)))
        : [new ConfigEntry(path, Flow(node), node.Origin)];

    private static void Write(StringBuilder yaml, ConfigMap map, int depth)
    {
        foreach ((string key, ConfigNode value) in map.Entries)
        {
            Line(yaml, depth, $"{Text(key)}:", value);
        }
    }

    private static void Line(StringBuilder yaml, int depth, string start, ConfigNode value)
    {
        yaml.Append(' ', 2 * depth).Append(start);
        switch (value)
        {
            case ConfigMap { Entries.Count: > 0 } map:
                yaml.Append('\n');
                Write(yaml, map, depth + 1);
                break;
            case ConfigList list when list.Items.Any(item => item is ConfigMap { Entries.Count: > 0 }):
                yaml.Append('\n');
                foreach (ConfigNode item in list.Items)
                {
                    Line(yaml, depth + 1, "-", item);
                }

                break;
            default:
                yaml.Append(' ').Append(Flow(value)).Append('\n');
                break;
        }
    }

    private static string Flow(ConfigNode node) => node switch
    {
        ConfigList list => $"[{string.Join(", ", list.Items.Select(Flow))}]",
        ConfigMap map => $"{{{string.Join(", ", map.Entries.Select(entry => $"{Text(entry.Key)}: {Flow(entry.Value)}"))}}}",
        ConfigScalar { Text: { } text, IsText: true } => Text(text),
        ConfigScalar scalar => scalar.Text ?? "null",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // Text that a YAML reader could take for something else is quoted; JSON's escapes are YAML's, too.
    private static string Text(string text)
        => Plain().IsMatch(text) && !Word().IsMatch(text) ? text : JsonSerializer.Serialize(text, JsonStyles.Compact);

    private static JsonNode? Json(ConfigNode node)
    {
        switch (node)
        {
            case ConfigMap map:
                return new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, Json(entry.Value))));
            case ConfigList list:
                return new JsonArray([.. list.Items.Select(Json)]);
            case ConfigScalar { Text: { } text } scalar:
                return scalar.IsText || !IsJson(text) ? JsonValue.Create(text) : JsonNode.Parse(text);
            default:
                return null;
        }
    }

    private static bool IsJson(string text) => text is "true" or "false" || Number().IsMatch(text);

    [GeneratedRegex(@"^-?\d+(\.\d+)?([eE][-+]?\d+)?$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^[A-Za-z_./][A-Za-z0-9_./\\ -]*(?<! )$")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^(null|true|false|yes|no|on|off|y|n|\.inf|\.nan|\.\d.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Word();
}
