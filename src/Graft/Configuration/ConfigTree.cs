using System.Collections;
using System.Reflection;

namespace Graft.Configuration;

/// <summary>Turns records back into nodes, with the origin of each value.</summary>
internal static class ConfigTree
{
    public static ConfigMap Of(object record, IReadOnlyDictionary<string, ConfigOrigin>? origins = null)
        => (ConfigMap)Node(record, "", origins ?? new Dictionary<string, ConfigOrigin>());

    private static ConfigNode Node(object? value, string path, IReadOnlyDictionary<string, ConfigOrigin> origins)
    {
        ConfigOrigin origin = origins.TryGetValue(path, out ConfigOrigin? known) ? known : ConfigOrigin.Default;
        switch (value)
        {
            case null:
                return new ConfigScalar(origin, null);
            case string text:
                return new ConfigScalar(origin, text, IsText: true);
            case IDictionary map:
                return new ConfigMap(origin, [.. map.Keys.Cast<string>().Select(key => Entry(key, map[key]))]);
            case IEnumerable list:
                return new ConfigList(
                    origin, [.. list.Cast<object?>().Select((item, i) => Node(item, ConfigPath.Append(path, $"{i}"), origins))]);
        }

        Type type = value.GetType();
        if (ConfigSchema.IsScalar(type))
        {
            return new ConfigScalar(origin, ConfigNumbers.Format(value), IsText: type.IsEnum);
        }

        List<KeyValuePair<string, ConfigNode>> entries = [];
        if (ConfigSchema.KindOf(type) is { } kind)
        {
            entries.Add(new("kind", new ConfigScalar(origin, kind, IsText: true)));
        }

        foreach ((string key, PropertyInfo property) in ConfigSchema.Properties(type))
        {
            entries.Add(Entry(key, property.GetValue(value)));
        }

        return new ConfigMap(origin, entries);

        KeyValuePair<string, ConfigNode> Entry(string key, object? inner) => new(key, Node(inner, ConfigPath.Append(path, key), origins));
    }
}
