using Graft.Files;

namespace Graft.Configuration;

/// <summary>Reads YAML into nodes that know their lines.</summary>
internal static class YamlReader
{
    private const string Expected = "keys with values (YAML)";
    private const long MaxBytes = 16L << 20;

    /// <summary>Reads a file whose top must be a group of keys; an empty file is an empty group.</summary>
    public static ConfigMap ReadFile(string path, Failure failure = Failure.Usage)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new GraftException(failure, $"{Printable.Name(path, 400)}: there is no such file.", Siblings(path));
        }

        return ReadText(TextFile.Read(path, Expected, failure, MaxBytes), path, failure);
    }

    /// <summary>Reads text whose top must be a group of keys; <paramref name="source"/> is named in errors.</summary>
    public static ConfigMap ReadText(string text, string source, Failure failure = Failure.Usage)
    {
        ConfigNode? node = new YamlNodes(text, source, failure).Read();
        return node switch
        {
            null or ConfigScalar { Text: null } => new ConfigMap(new ConfigOrigin(source, 1), []),
            ConfigMap map => map,
            _ => throw new GraftException(
                failure, $"{node.Origin}: found {node.Describe()}, expected keys with values.", "Write 'key: value' lines."),
        };
    }

    /// <summary>Reads one value as it may stand after <c>key=</c>.</summary>
    public static ConfigNode ReadValue(string text, string key)
    {
        try
        {
            return new YamlNodes(text, null, Failure.Usage).Read() ?? new ConfigScalar(ConfigOrigin.CommandLine, null);
        }
        catch (GraftException e)
        {
            throw new GraftException(
                Failure.Usage,
                $"{Printable.Name($"{key}={text}")}: the value {e.Message[(e.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..]}",
                "Put quotes around special characters.",
                e);
        }
    }

    private static string? Siblings(string path)
    {
        string folder = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        return Directory.Exists(folder)
            ? Nearest.Suggestion(Path.GetFileName(path), Directory.EnumerateFiles(folder, "*.y*ml").Select(file => Path.GetFileName(file)!))
            : $"The folder {Printable.Name(folder, 400)} does not exist either.";
    }
}
