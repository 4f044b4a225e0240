namespace Graft.Configuration;

/// <summary>A configuration that was read: the record, and where each of its values was given.</summary>
/// <typeparam name="T">The record type.</typeparam>
public sealed class Config<T>
    where T : class
{
    private readonly IReadOnlyDictionary<string, ConfigOrigin> _origins;

    internal Config(T value, IReadOnlyDictionary<string, ConfigOrigin> origins, IReadOnlyList<string> files, IReadOnlyList<string> ignored)
        => (Value, _origins, Files, Ignored) = (value, origins, files, ignored);

    /// <summary>The record.</summary>
    public T Value { get; }

    /// <summary>Every file that was read, bases first.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Keys of older files that have no effect: where each was given, its value, and why it is ignored.</summary>
    public IReadOnlyList<string> Ignored { get; }

    /// <summary>Where a setting was given; <see cref="ConfigOrigin.Default"/> when nowhere.</summary>
    public ConfigOrigin OriginOf(string path) => _origins.TryGetValue(path, out ConfigOrigin? origin) ? origin : ConfigOrigin.Default;

    /// <summary>Every setting with value and origin, in the order of the record.</summary>
    public IReadOnlyList<ConfigEntry> Entries() => [.. ConfigWriter.Flatten(ConfigTree.Of(Value, _origins), "")];

    /// <summary>The resolved record as YAML, which reads back to an equal record.</summary>
    public string ToYaml() => ConfigWriter.ToYaml(Value);
}
