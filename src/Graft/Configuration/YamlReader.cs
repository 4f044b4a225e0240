using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Graft.Configuration;

/// <summary>Reads YAML into nodes that know their lines.</summary>
internal static class YamlReader
{
    private static readonly string[] Nulls = ["", "~", "null", "Null", "NULL"];

    /// <summary>Reads a file whose top must be a group of keys; an empty file is an empty group.</summary>
    public static ConfigMap ReadFile(string path, Failure failure = Failure.Usage)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new GraftException(failure, $"{path}: there is no such file.", Siblings(path), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GraftException(failure, $"{path}: cannot be read ({e.Message}).", null, e);
        }

        return ReadText(text, path, failure);
    }

    /// <summary>Reads text whose top must be a group of keys; <paramref name="source"/> is named in errors.</summary>
    public static ConfigMap ReadText(string text, string source, Failure failure = Failure.Usage)
    {
        ConfigNode? node = Parse(text, source, failure);
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
            ConfigNode? node = Parse(text, null, Failure.Usage);
            return node ?? new ConfigScalar(ConfigOrigin.CommandLine, null);
        }
        catch (GraftException e) when (e.InnerException is YamlException)
        {
            throw new GraftException(
                Failure.Usage, $"{key}={text}: the value is not valid YAML.", "Put quotes around special characters.", e);
        }
    }

    private static ConfigNode? Parse(string text, string? file, Failure failure)
    {
        try
        {
            YamlStream stream = [];
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 0 ? null : Convert(stream.Documents[0].RootNode, file, []);
        }
        catch (YamlException e)
        {
            string reason = e.InnerException?.Message ?? e.Message;
            throw new GraftException(
                failure,
                $"{file ?? "command line"}:{e.Start.Line}: is not valid YAML: {reason}",
                "Check indentation, quotes and brackets there.",
                e);
        }
    }

    private static ConfigNode Convert(YamlNode node, string? file, HashSet<YamlNode> above)
    {
        ConfigOrigin origin = file is null ? ConfigOrigin.CommandLine : new ConfigOrigin(file, (int)node.Start.Line);
        if (node is YamlScalarNode scalar)
        {
            bool isNull = scalar.Style is ScalarStyle.Plain or ScalarStyle.Any && Nulls.Contains(scalar.Value ?? "");
            return new ConfigScalar(origin, isNull ? null : scalar.Value);
        }

        // Anchors can make a node contain itself; reference equality is what tells.
        HashSet<YamlNode> path = new(above, ReferenceEqualityComparer.Instance);
        if (!path.Add(node))
        {
            throw new GraftException(Failure.Usage, $"{origin}: the value contains itself through an anchor.", "Remove the alias.");
        }

        return node switch
        {
            YamlSequenceNode list => new ConfigList(origin, [.. list.Children.Select(item => Convert(item, file, path))]),
            YamlMappingNode map => new ConfigMap(
                origin, [.. map.Children.Select(pair => KeyValuePair.Create(Key(pair.Key, file), Convert(pair.Value, file, path)))]),
            _ => throw new GraftException(Failure.Usage, $"{origin}: a value of this form cannot be used.", "Use scalars, lists and keys."),
        };
    }

    private static string Key(YamlNode key, string? file) => key is YamlScalarNode { Value: { } text }
        ? text
        : throw new GraftException(Failure.Usage, $"{file}:{key.Start.Line}: a key must be plain text.", "Write 'key: value' lines.");

    private static string? Siblings(string path)
    {
        string folder = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        return Directory.Exists(folder)
            ? Nearest.Suggestion(Path.GetFileName(path), Directory.EnumerateFiles(folder, "*.y*ml").Select(file => Path.GetFileName(file)!))
            : $"The folder {folder} does not exist either.";
    }
}
