using Graft.Files;

namespace Graft.Configuration;

/// <summary>A YAML value that remembers where it was given.</summary>
internal abstract record ConfigNode(ConfigOrigin Origin)
{
    /// <summary>What kind of value this is, for messages.</summary>
    public abstract string Describe();

    /// <summary>This value overridden by another: groups of keys merge, everything else is replaced.</summary>
    public ConfigNode OverriddenBy(ConfigNode top) => this is ConfigMap below && top is ConfigMap map ? below.With(map) : top;
}

/// <summary>A single value; null text is YAML's null. IsText: the value is text even if it looks like a number.</summary>
internal sealed record ConfigScalar(ConfigOrigin Origin, string? Text, bool IsText = false) : ConfigNode(Origin)
{
    public override string Describe() => Text is null ? "nothing" : Printable.Quoted(Text);
}

/// <summary>A sequence of values.</summary>
internal sealed record ConfigList(ConfigOrigin Origin, IReadOnlyList<ConfigNode> Items) : ConfigNode(Origin)
{
    public override string Describe() => "a list";
}

/// <summary>Keys with values, in the order given.</summary>
internal sealed record ConfigMap(ConfigOrigin Origin, IReadOnlyList<KeyValuePair<string, ConfigNode>> Entries) : ConfigNode(Origin)
{
    /// <summary>The value of a key, or null.</summary>
    public ConfigNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key).Value;

    public override string Describe() => "a group of keys";

    /// <summary>
    /// This map with another on top, key by key. A map of another <c>kind</c> replaces this one.
    /// </summary>
    public ConfigMap With(ConfigMap top)
    {
        if (IsOtherKind(top["kind"]))
        {
            return top;
        }

        List<KeyValuePair<string, ConfigNode>> merged = [.. Entries];
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (int i = 0; i < merged.Count; i++)
        {
            places.TryAdd(merged[i].Key, i);
        }

        foreach ((string key, ConfigNode value) in top.Entries)
        {
            if (places.TryGetValue(key, out int at))
            {
                merged[at] = KeyValuePair.Create(key, merged[at].Value.OverriddenBy(value));
            }
            else
            {
                places.Add(key, merged.Count);
                merged.Add(KeyValuePair.Create(key, value));
            }
        }

        return new ConfigMap(top.Origin, merged);
    }

    /// <summary>This map with one value replaced; another <c>kind</c> drops all other keys.</summary>
    public ConfigMap Set(string key, ConfigNode value)
    {
        KeyValuePair<string, ConfigNode> entry = new(key, value);
        if (key == "kind" && IsOtherKind(value))
        {
            return new ConfigMap(value.Origin, [entry]);
        }

        int at = Entries.ToList().FindIndex(old => old.Key == key);
        return this with { Entries = at < 0 ? [.. Entries, entry] : [.. Entries.Take(at), entry, .. Entries.Skip(at + 1)] };
    }

    private bool IsOtherKind(ConfigNode? kind)
        => kind is ConfigScalar { Text: { } name } && this["kind"] is ConfigScalar { Text: { } old } && name != old;
}
