using System.Globalization;
using Graft.Configuration;

namespace Graft.Data;

/// <summary>A YOLO <c>data.yaml</c>: where the images are, and the names of the classes.</summary>
internal sealed record YoloDataFile(
    string Path, string Folder, IReadOnlyList<string> Names, IReadOnlyDictionary<DataSplit, IReadOnlyList<string>> Sources)
{
    /// <summary>Values after the box in each label line: the product of <c>kpt_shape</c>; null without key points.</summary>
    public int? KeyPointColumns { get; private init; }

    /// <summary>The <c>path</c> of the file when it does not exist, so that the folder of the file is used; null otherwise.</summary>
    public string? MissingRoot { get; private init; }

    public static YoloDataFile Read(string path)
    {
        ConfigMap map = YamlReader.ReadFile(path, Failure.Data);
        string own = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        string folder = own;
        string? missing = null;
        if (map["path"] is ConfigScalar { Text: { } given })
        {
            // Relative to the file, as most exporters mean it, or to the working directory; if neither exists, the file's own folder.
            string?[] candidates = [WrittenPath.FindFromHome(own, given), WrittenPath.Find(Directory.GetCurrentDirectory(), given)];
            folder = candidates.FirstOrDefault(Directory.Exists) ?? own;
            missing = candidates.Any(Directory.Exists) ? null : given;
        }

        IReadOnlyList<string> names = ReadNames(path, map);
        Dictionary<DataSplit, IReadOnlyList<string>> sources = [];
        (DataSplit Split, string[] Keys)[] known = [(DataSplit.Train, ["train"]), (DataSplit.Val, ["val", "valid", "validation"])];
        foreach ((DataSplit split, string[] keys) in known)
        {
            if (keys.Select(key => map[key]).FirstOrDefault(node => node is not null and not ConfigScalar { Text: null }) is { } node)
            {
                sources[split] = Texts(node, "a folder, a list file, or a list of them");
            }
        }

        return new YoloDataFile(path, folder, names, sources) { KeyPointColumns = ReadKeyPoints(map), MissingRoot = missing };
    }

    private static int? ReadKeyPoints(ConfigMap map)
    {
        const string Expected = "kpt_shape: [NUMBER OF POINTS, 2 or 3 VALUES]";
        if (map["kpt_shape"] is not { } node || node is ConfigScalar { Text: null })
        {
            return null;
        }

        int[] shape = [.. Texts(node, Expected).Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 0)];
        return shape is [> 0 and < 10_000, 2 or 3] ? shape[0] * shape[1] : throw Wrong(node, Expected);
    }

    private static List<string> ReadNames(string path, ConfigMap map)
    {
        List<string> names = map["names"] switch
        {
            ConfigMap byId => ById(byId),
            ConfigScalar { Text: { } one } scalar when one.Contains(',', StringComparison.Ordinal) => throw new GraftException(
                Failure.Data, $"{scalar.Origin}: names is the text '{one}', which would be one class.", $"Write a list: names: [{one}]."),
            { } node => Texts(node, "class names"),
            null => [],
        };
        if (map["nc"] is ConfigScalar { Text: { } text } nc)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            {
                throw new GraftException(Failure.Data, $"{nc.Origin}: nc is '{text}', expected the number of classes.");
            }

            names = names.Count == 0 ? [.. Enumerable.Range(0, count).Select(i => $"class{i}")] : names;
            if (names.Count != count)
            {
                throw new GraftException(
                    Failure.Data, $"{nc.Origin}: nc is {count}, but there {(names.Count == 1 ? "is" : "are")} {Counted.Of(names.Count, "name")}.", "Correct nc or names.");
            }
        }

        return names.Count > 0
            ? names
            : throw new GraftException(
                Failure.Data, $"{path}: has neither 'names' nor 'nc'; expected the class names.", "Add names: [scratch, dent].");
    }

    private static List<string> ById(ConfigMap map)
    {
        string?[] names = new string?[map.Entries.Count];
        foreach ((string key, ConfigNode node) in map.Entries)
        {
            bool isNumber = int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int id);
            if (!isNumber || id >= names.Length || names[id] is not null)
            {
                throw new GraftException(
                    Failure.Data,
                    $"{node.Origin}: the class id '{key}' is not one of 0 to {names.Length - 1}.",
                    "Number the names 0, 1, 2 … without gaps.");
            }

            names[id] = Texts(node, "a class name")[0];
        }

        return [.. names.Select(name => name!)];
    }

    private static List<string> Texts(ConfigNode node, string expected) => node switch
    {
        ConfigScalar { Text: { } text } => [text],
        ConfigList list => [.. list.Items.Select(item => item is ConfigScalar { Text: { } text } ? text : throw Wrong(item, expected))],
        _ => throw Wrong(node, expected),
    };

    private static GraftException Wrong(ConfigNode node, string expected)
        => new(Failure.Data, $"{node.Origin}: found {node.Describe()}, expected {expected}.");
}
