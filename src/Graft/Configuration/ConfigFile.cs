namespace Graft.Configuration;

/// <summary>Reads YAML configurations into immutable records.</summary>
/// <remarks>
/// A file may name one or several files under it with <c>_base_</c>; groups of keys merge, single values and lists replace, <c>kind:</c>
/// picks one of several records, and keys are the property names in snake_case. There are no expressions.
/// </remarks>
public static class ConfigFile
{
    /// <summary>Reads a file, its bases and <c>key=value</c> overrides (<c>train.epochs=40</c>) into a record.</summary>
    /// <exception cref="GraftException">
    /// Of kind Usage, naming file and line: unknown keys (with a suggestion), wrong types, values out of range.
    /// </exception>
    public static Config<T> Load<T>(string path, params IEnumerable<string> overrides)
        where T : class
    {
        List<string> files = [];
        return Bind<T>(ConfigSource.Load(path, files), overrides, files);
    }

    /// <summary>Reads YAML text, such as that of <see cref="Config{T}.ToYaml"/> kept inside another file.</summary>
    /// <param name="yaml">The text; it has no bases.</param>
    /// <param name="source">What errors name as the place.</param>
    /// <param name="overrides">Settings to change, <c>key=value</c>.</param>
    public static Config<T> Parse<T>(string yaml, string source, params IEnumerable<string> overrides)
        where T : class
        => Bind<T>(YamlReader.ReadText(yaml, source), overrides, []);

    /// <summary>The record's own defaults with overrides on top, without any file.</summary>
    public static Config<T> Defaults<T>(params IEnumerable<string> overrides)
        where T : class
        => Bind<T>(new ConfigMap(ConfigOrigin.Default, []), overrides, []);

    private static Config<T> Bind<T>(ConfigMap map, IEnumerable<string> overrides, IReadOnlyList<string> files)
        where T : class
    {
        ConfigBinder binder = new();
        T value = binder.Bind<T>(ConfigSource.Override(map, overrides));
        return new Config<T>(value, binder.Origins, files, binder.Ignored);
    }
}
