using System.Globalization;

namespace Graft.Data;

/// <summary>Finds label files without an image, and label files in unexpected folders.</summary>
internal static class LabelFiles
{
    private const int MaxSearched = 50_000;
    private const int Shown = 2;

    // What annotation tools write beside label files.
    private static readonly string[] NoLabels = ["classes.txt", "labels.txt", "obj.names", "train.txt", "val.txt", "test.txt", "readme.txt", "requirements.txt"];
    private static readonly EnumerationOptions Searching = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.System,
        MatchCasing = MatchCasing.CaseInsensitive,
    };

    /// <summary>Notes label files of a folder of images whose image is missing or cannot be read.</summary>
    /// <param name="folder">A folder of images.</param>
    /// <param name="images">The images of the split.</param>
    /// <param name="problems">Receives one entry per label file, naming the image where there is one.</param>
    public static void NoteOrphans(string folder, IEnumerable<LabelledImage> images, DataProblems problems)
    {
        string labels = YoloLabelFile.FolderOf(folder);
        if (!Directory.Exists(labels))
        {
            return;
        }

        bool beside = Path.GetFullPath(labels) == Path.GetFullPath(folder);
        HashSet<string> known = [.. images.Select(image => image.LabelPath)];
        foreach (string label in Search(labels).Where(label => !known.Contains(label)).Order(StringComparer.Ordinal))
        {
            string image = Path.Combine(folder, Path.GetRelativePath(labels, label));
            string? other = SameStem(image).FirstOrDefault(file => file != label);
            if (!beside || other is not null)
            {
                problems.Add(DataProblemKind.LabelWithoutImage, other ?? label);
            }
        }
    }

    /// <summary>Why a split of images has no boxes: where labels were searched for, how many there are, and where others were
    /// found.</summary>
    /// <param name="images">The images of the split; at least one.</param>
    /// <param name="root">Folder of the data set, which is searched.</param>
    public static string Explain(IReadOnlyList<LabelledImage> images, string root)
    {
        root = Path.GetFullPath(root);
        int found = images.Count(image => image.HasLabelFile);
        string counts = string.Create(CultureInfo.InvariantCulture, $"{found} of {images.Count} images have a label file (looked for {images[0].LabelPath}{(images.Count > 1 ? ", …" : "")})");
        if (found > 0)
        {
            return counts + ", and none of them holds a box that can be used";
        }

        HashSet<string> stems = [.. images.Select(image => Path.GetFileNameWithoutExtension(image.Path)).OfType<string>()];
        (string Folder, int Count)[] places = Search(root).Where(file => stems.Contains(Path.GetFileNameWithoutExtension(file)))
            .GroupBy(file => Path.GetDirectoryName(file)!)
            .Select(group => (Folder: group.Key, Count: group.Count()))
            .OrderByDescending(place => place.Count).ThenBy(place => place.Folder, StringComparer.Ordinal).ToArray();
        if (places.Length > 0)
        {
            places = [.. places.Where(place => place.Count == places[0].Count)];
            IEnumerable<string> named = places.Take(Shown).Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.Count} label file{(place.Count == 1 ? " was" : "s were")} found in {place.Folder}"));
            return $"{counts}; {string.Join(", ", named)}{(places.Length > Shown ? ", …" : "")}";
        }

        return OtherLabels(images) is { } other ? $"{counts}; {other}" : $"{counts}; no label file was found below {root}";
    }

    /// <summary>Annotation files of other tools beside the images.</summary>
    private static string? OtherLabels(IReadOnlyList<LabelledImage> images)
    {
        (string Extension, string Tool)[] kinds = [(".xml", "Pascal VOC"), (".json", "LabelMe")];
        foreach ((string extension, string tool) in kinds)
        {
            int count = images.Count(image => File.Exists(Path.ChangeExtension(image.Path, extension)));
            if (count > 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"beside the images are {count} {extension} files ({tool}?), which are not read");
            }
        }

        return null;
    }

    private static IEnumerable<string> Search(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.txt", Searching).Where(file => !NoLabels.Contains(Path.GetFileName(file).ToLowerInvariant())).Take(MaxSearched)
        : [];

    private static string[] SameStem(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        string stem = Path.GetFileNameWithoutExtension(path);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, stem + ".*").Where(file => Path.GetFileNameWithoutExtension(file) == stem).Order(StringComparer.Ordinal)]
            : [];
    }
}
