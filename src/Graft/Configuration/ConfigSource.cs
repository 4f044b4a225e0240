using System.Globalization;
using Graft.Files;

namespace Graft.Configuration;

/// <summary>Puts a configuration together from a file, its bases and the overrides.</summary>
internal static class ConfigSource
{
    private const string BaseKey = "_base_";

    /// <summary>
    /// The file with its bases below it; a later base overrides an earlier one. Adds every file read to <paramref name="files"/>.
    /// </summary>
    public static ConfigMap Load(string path, List<string> files) => Load(Shorten(path), files, []);

    /// <summary>
    /// The map with <c>key.path=value</c> overrides on top; a change of <c>kind</c> comes first, whatever the order given.
    /// </summary>
    public static ConfigMap Override(ConfigMap below, IEnumerable<string> assignments)
    {
        IEnumerable<(IReadOnlyList<string> Segments, ConfigNode Value)> parsed = assignments.Select(Parse).ToList();
        foreach ((IReadOnlyList<string> segments, ConfigNode value) in parsed.OrderBy(one => one.Segments[^1] == "kind" ? 0 : 1))
        {
            below = (ConfigMap)Put(below, segments, 0, value);
        }

        return below;
    }

    private static (IReadOnlyList<string> Segments, ConfigNode Value) Parse(string assignment)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            throw new GraftException(Failure.Usage, $"{Printable.Quoted(assignment)} is not an override.", "Write key=value, for example train.epochs=40.");
        }

        string key = assignment[..equals].Trim();
        return (ConfigPath.Split(key), YamlReader.ReadValue(assignment[(equals + 1)..], key));
    }

    private static ConfigMap Load(string path, List<string> files, IReadOnlyList<string> above)
    {
        if (above.Contains(path))
        {
            throw new GraftException(
                Failure.Usage, $"{path}: is its own base ({string.Join(" → ", above)} → {path}).", $"Remove one of the {BaseKey} entries.");
        }

        ConfigMap map = YamlReader.ReadFile(path);
        ConfigMap own = map with { Entries = [.. map.Entries.Where(entry => entry.Key != BaseKey)] };
        ConfigMap below = new(own.Origin, []);
        foreach (ConfigScalar name in Bases(map[BaseKey]))
        {
            string file = Shorten(Path.Combine(Path.GetDirectoryName(path) ?? "", name.Text!));
            if (!File.Exists(file))
            {
                throw new GraftException(
                    Failure.Usage,
                    $"{name.Origin}: the base {Printable.Quoted(name.Text!)} does not exist (looked for {Printable.Name(file, 400)}).",
                    $"{BaseKey} is relative to the folder of the file that names it.");
            }

            below = below.With(Load(file, files, [.. above, path]));
        }

        if (!files.Contains(path))
        {
            files.Add(path);
        }

        return below.With(own);
    }

    private static IEnumerable<ConfigScalar> Bases(ConfigNode? node)
    {
        IReadOnlyList<ConfigNode> items = node switch
        {
            null => [],
            ConfigList list => list.Items,
            _ => [node],
        };
        return items.Select(item => item is ConfigScalar { Text: { Length: > 0 } text } name && !text.Contains('\0', StringComparison.Ordinal)
            ? name
            : throw new GraftException(
                Failure.Usage, $"{item.Origin}: {BaseKey} is {item.Describe()}, expected a file name or a list of them."));
    }

    private static ConfigNode Put(ConfigNode? below, IReadOnlyList<string> segments, int at, ConfigNode value)
    {
        if (at == segments.Count)
        {
            return below is null ? value : below.OverriddenBy(value);
        }

        string segment = segments[at];
        if (below is ConfigList list)
        {
            if (!int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= list.Items.Count)
            {
                throw new GraftException(
                    Failure.Usage,
                    $"{ConfigPath.Join(segments)}: {Printable.Quoted(segment)} is not an index of the list at {ConfigPath.Join(segments.Take(at))}.",
                    $"The list has {Counted.Of(list.Items.Count, "item")}; the first has index 0.");
            }

            ConfigNode[] items = [.. list.Items];
            items[index] = Put(items[index], segments, at + 1, value);
            return list with { Items = items };
        }

        ConfigMap map = below as ConfigMap ?? new ConfigMap(ConfigOrigin.CommandLine, []);
        ConfigNode inner = Put(map[segment], segments, at + 1, value);
        return map.Set(segment, inner);
    }

    private static string Shorten(string path)
    {
        string full = Path.GetFullPath(path);
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), full);
        return relative.StartsWith("..", StringComparison.Ordinal) ? full : relative;
    }
}
