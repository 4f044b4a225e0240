using System.Globalization;
using Graft.Files;

namespace Graft.Data;

/// <summary>Finds the files of a data set: given paths first, then the layouts that exporters write.</summary>
internal sealed class DataLocator
{
    private readonly DataOptions _options;
    private readonly IReadOnlyList<string> _folders;

    public DataLocator(DataOptions options, IEnumerable<string?> folders)
    {
        _options = options;
        _folders = [Directory.GetCurrentDirectory(), .. folders.Where(folder => folder is not null).Select(folder => folder!)];
        string root = options.Root is null ? _folders[0] : Find(options.Root) ?? Moved(options.Root) ?? throw new GraftException(
            Failure.Data, $"data.root: there is no '{options.Root}' (looked in {string.Join(", ", _folders)}).", "Check the path.");
        RootFile = File.Exists(root) ? root : null;
        Root = RootFile is null ? root : Path.GetDirectoryName(root)!;
    }

    /// <summary>The folder of the data set.</summary>
    public string Root { get; }

    /// <summary>The file that was given instead of a folder, or null.</summary>
    public string? RootFile { get; }

    /// <summary>The options with the root as a full path, and with full paths where others are not found below it.</summary>
    public DataOptions Recorded => _options with
    {
        Root = Path.GetFullPath(RootFile ?? Root),
        Train = Full(_options.Train),
        Val = Full(_options.Val),
        TrainImages = Full(_options.TrainImages),
        ValImages = Full(_options.ValImages),
        Prompts = Full(_options.Prompts),
    };

    /// <summary>The <c>data.yaml</c> of the set, or null.</summary>
    public string? YoloFile => RootFile is not null
        ? IsYaml(RootFile) ? RootFile : null
        : new[] { "data.yaml", "data.yml", "dataset.yaml", "dataset.yml" }
            .Select(name => Path.Combine(Root, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Class names of a <c>classes.txt</c> (LabelImg, Label Studio) or <c>obj.names</c> (CVAT) of the data set; empty without one.</summary>
    public IReadOnlyList<string> ClassList()
    {
        string[] candidates = ["classes.txt", "obj.names", Path.Combine("labels", "classes.txt"), Path.Combine("labels", "train", "classes.txt")];
        return candidates.Select(name => Path.Combine(Root, name)).FirstOrDefault(File.Exists) is { } found
            ? [.. TextFile.ReadLines(found, "a class name per line", Failure.Data).Select(line => line.Trim()).Where(line => line.Length > 0)]
            : [];
    }

    /// <summary>An annotation file whose name states no split, such as CVAT's <c>instances_default.json</c>; null without one.</summary>
    public string? UnnamedAnnotations() => AnnotationFiles().FirstOrDefault();

    /// <summary>The prompt file, or null; <c>class_texts.json</c> beside the data is taken when none is given.</summary>
    public string? Prompts
    {
        get
        {
            if (_options.Prompts is { } given)
            {
                return Given("prompts", given, "Check the path.");
            }

            string usual = Path.Combine(Root, "class_texts.json");
            return File.Exists(usual) ? usual : null;
        }
    }

    /// <summary>The given or found source of a split (annotation file, folder, list file), or null.</summary>
    public string? Source(DataSplit split)
    {
        string? given = split == DataSplit.Train ? _options.Train : _options.Val;
        if (given is not null)
        {
            return Given(Name(split), given, "Check the path; it may be relative to data.root.");
        }

        return RootFile is not null && !IsYaml(RootFile) ? RootFile : Aliases(split).SelectMany(Candidates).FirstOrDefault(Exists);
    }

    /// <summary>
    /// The path of each image of a COCO file, in file order: below the given folder, or below the first of the usual folders that holds any
    /// of them. A name that is not found as written is looked for by its end, since exporters write absolute paths and addresses.
    /// </summary>
    public IReadOnlyList<string> ImagePaths(CocoFile file, DataSplit split)
    {
        string[] folders = ImageFolders(file, split);
        foreach (Func<string, string, string?> find in new[] { WrittenPath.Find, WrittenPath.FindByEnd })
        {
            if (folders.FirstOrDefault(folder => file.Images.Any(image => find(folder, image.FileName) is not null)) is { } folder)
            {
                return Unambiguous(file, [.. file.Images.Select(image => WrittenPath.Find(folder, image.FileName) ?? WrittenPath.FindByEnd(folder, image.FileName)
                    ?? Path.Combine(folder, image.FileName))]);
            }
        }

        string count = file.Images.Count == 1 ? "its image" : string.Create(CultureInfo.InvariantCulture, $"none of its {file.Images.Count} images");
        throw new GraftException(
            Failure.Data,
            $"{file.Path}: {count} (such as {file.Images[0].FileName}) was {(file.Images.Count == 1 ? "not " : "")}found"
            + $" (looked in {string.Join(", ", folders.Where(Directory.Exists))}).",
            $"Give their folder as data.{Name(split)}_images.");
    }

    /// <summary>Refuses a file of which two images would be read from the same place.</summary>
    private static string[] Unambiguous(CocoFile file, string[] paths)
    {
        foreach (IGrouping<string, int> same in Enumerable.Range(0, paths.Length).GroupBy(i => paths[i]).Where(group => group.Count() > 1))
        {
            int[] images = [.. same];
            throw new GraftException(
                Failure.Data,
                $"{file.Path}: images {file.Images[images[0]].Id} ({file.Images[images[0]].FileName}) and {file.Images[images[1]].Id}"
                + $" ({file.Images[images[1]].FileName}) both mean {same.Key}.",
                "Give each image a name of its own, or lay the folders out as the file names them.");
        }

        return paths;
    }

    private string[] ImageFolders(CocoFile file, DataSplit split)
    {
        string? given = split == DataSplit.Train ? _options.TrainImages : _options.ValImages;
        if (given is not null)
        {
            return [Find(given, Root) ?? throw new GraftException(
                Failure.Data, $"data.{Name(split)}_images: there is no folder '{given}' (looked in {Root}).", "Check the path.")];
        }

        string own = Path.GetDirectoryName(Path.GetFullPath(file.Path))!;
        string stem = Path.GetFileNameWithoutExtension(file.Path).Replace("instances_", "", StringComparison.Ordinal);
        List<string> folders = [];
        foreach (string root in new[] { Root, own, Path.GetDirectoryName(own) ?? own }.Distinct())
        {
            IEnumerable<string> names = new[] { stem }.Concat(Aliases(split)).Distinct();
            folders.AddRange(names.SelectMany(name => new[] { Path.Combine(root, "images", name), Path.Combine(root, name) }));
            folders.AddRange([Path.Combine(root, "images"), root]);
        }

        return [.. folders.Select(Path.GetFullPath).Distinct()];
    }

    /// <summary>What <c>data.yaml</c> names, relative to it or (as some exporters write by mistake) one folder up.</summary>
    public static string Resolve(YoloDataFile file, string source)
    {
        string repaired = source.StartsWith("../", StringComparison.Ordinal) || source.StartsWith("..\\", StringComparison.Ordinal) ? source[3..] : source;
        return WrittenPath.FindFromHome(file.Folder, source) ?? WrittenPath.Find(file.Folder, repaired)
            ?? (WrittenPath.IsElsewhere(source) ? WrittenPath.FindByLongEnd(file.Folder, source) : null) ?? throw new GraftException(
            Failure.Data,
            $"{file.Path}: there is no '{source}' ({(WrittenPath.IsElsewhere(source) ? $"looked for its end below {file.Folder}" : $"looked for {Path.GetFullPath(Path.Combine(file.Folder, source))}")}).",
            file.MissingRoot is { } missing
                ? $"Correct 'path' in the file: '{missing}' does not exist."
                : "Correct 'path' or the split in the file; Graft downloads nothing.");
    }

    private IEnumerable<string> Candidates(string split)
    {
        string annotations = Path.Combine(Root, "annotations");
        yield return Path.Combine(annotations, split + ".json");
        foreach (string pattern in new[] { $"instances_{split}*.json", $"{split}*.json" })
        {
            string[] found = Directory.Exists(annotations) ? Directory.GetFiles(annotations, pattern) : [];
            foreach (string file in found.Order(StringComparer.Ordinal))
            {
                yield return file;
            }
        }

        yield return Path.Combine(Root, split + ".json");
        yield return Path.Combine(Root, split, "_annotations.coco.json");
        yield return Path.Combine(Root, split, "annotations.json");
        yield return Path.Combine(Root, split + "_annotations", "annotations.json");

        // Label Studio writes result.json, FiftyOne labels.json: whatever the only such file of a split is called.
        if (JsonIn(Path.Combine(Root, split)) is [string only])
        {
            yield return only;
        }

        yield return Path.Combine(Root, "images", split);
        yield return Path.Combine(Root, split, "images");
        yield return Path.Combine(Root, split + ".txt");
    }

    /// <summary>A hint about other files of the folder that may be meant: a data.yaml of another name, a COCO file for all
    /// splits.</summary>
    public string? Suggestion()
    {
        string[] yaml = [.. Sorted(Root, "*.yaml"), .. Sorted(Root, "*.yml")];
        string[] json = [.. AnnotationFiles(), .. JsonIn(Root)];
        return yaml.Length > 0 ? $"Name the file that describes the data set, such as --data {yaml[0]}."
            : json.Length > 0 ? $"If {json[0]} holds the annotations, name it as data.train=FILE, and a file of other images as data.val=FILE."
            : null;
    }

    private string[] AnnotationFiles() => JsonIn(Path.Combine(Root, "annotations"));

    private static string[] JsonIn(string folder) => Sorted(folder, "*.json");

    private static string[] Sorted(string folder, string pattern)
        => Directory.Exists(folder) ? [.. Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal)] : [];

    private string Given(string key, string path, string hint) => Find(path, Root) ?? throw new GraftException(
        Failure.Data, $"data.{key}: there is no '{path}' (looked in {Root} and {string.Join(", ", _folders)}).", hint);

    private string? Full(string? path)
        => path is null || WrittenPath.Find(Root, path) is not null || Find(path) is not { } found ? path : Path.GetFullPath(found);

    /// <summary>The data of a run whose project was moved: what the working directory holds under the end of a full path.</summary>
    private static string? Moved(string root)
        => WrittenPath.IsElsewhere(root) ? WrittenPath.FindByLongEnd(Directory.GetCurrentDirectory(), root) : null;

    private string? Find(string path, string? first = null)
        => new[] { first }.Concat(_folders).OfType<string>().Select(folder => WrittenPath.Find(folder, path)).FirstOrDefault(found => found is not null);

    private static string[] Aliases(DataSplit split) => split == DataSplit.Train ? ["train"] : ["val", "valid", "validation"];

    private static string Name(DataSplit split) => split == DataSplit.Train ? "train" : "val";

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private static bool IsYaml(string path) => Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";
}
