namespace Graft.Data;

/// <summary>The training and validation splits of a data set, with the same labels.</summary>
/// <param name="Train">The training split.</param>
/// <param name="Val">The validation split.</param>
public sealed record DetectionData(DetectionDataset Train, DetectionDataset Val)
{
    /// <summary>Options that find the same data from any working directory; null for data that was not opened from files.</summary>
    public DataOptions? Options { get; init; }

    /// <summary>Opens both splits; labels and prompts are those of the training split.</summary>
    /// <param name="options">Where the data is.</param>
    /// <param name="folders">Further folders against which relative paths are tried, such as that of the configuration.</param>
    /// <exception cref="GraftException">Of kind Data: a split that is missing, empty or wrong, naming what.</exception>
    public static DetectionData Open(DataOptions options, params IEnumerable<string?> folders)
    {
        DataLocator locator = new(options, folders);
        DetectionDataset train = OpenSplit(locator, options, DataSplit.Train, null);
        DetectionDataset val = OpenSplit(locator, options, DataSplit.Val, train.ClassNames) with { Prompts = train.Prompts };
        train.RequireObjects(forTraining: true);
        val.RequireObjects(forTraining: false);
        foreach (string shared in SharedImages.Of(train, val))
        {
            val.Problems.Add(DataProblemKind.SharedImage, shared);
        }

        return new DetectionData(train, val) { Options = locator.Recorded };
    }

    /// <summary>Opens one split.</summary>
    /// <param name="options">Where the data is.</param>
    /// <param name="split">The split.</param>
    /// <param name="detectorClasses">
    /// Classes of a detector in label order, which the split may lack; null: select by the options.
    /// </param>
    /// <param name="folders">Further folders against which relative paths are tried.</param>
    /// <exception cref="GraftException">Of kind Data: a split that is missing, empty or wrong, naming what.</exception>
    public static DetectionDataset OpenSplit(
        DataOptions options, DataSplit split, IReadOnlyList<string>? detectorClasses = null, params IEnumerable<string?> folders)
        => OpenSplit(new DataLocator(options, folders), options, split, detectorClasses);

    /// <summary>
    /// Opens what can be used of one split, with its own classes: annotations that training refuses are counted in
    /// <see cref="DetectionDataset.Problems"/> and left out.
    /// </summary>
    /// <param name="locator">Finds the files.</param>
    /// <param name="options">Where the data is.</param>
    /// <param name="split">The split.</param>
    /// <param name="prompts">The prompt file to read; null: the class names are the prompts.</param>
    /// <exception cref="GraftException">Of kind Data: the split is missing, or it or the prompts cannot be read as a whole.</exception>
    internal static DetectionDataset OpenUsable(DataLocator locator, DataOptions options, DataSplit split, string? prompts)
        => Open(locator, options, split, prompts, null, usable: true) with { Reading = options.Reading() };

    private static DetectionDataset OpenSplit(
        DataLocator locator, DataOptions options, DataSplit split, IReadOnlyList<string>? detectorClasses)
    {
        DetectionDataset set = Open(locator, options, split, detectorClasses is null ? locator.Prompts : null, detectorClasses, usable: false);
        return set.Images.Count > 0
            ? set with { Reading = options.Reading() }
            : throw new GraftException(
                Failure.Data,
                $"{set.Source}: has no usable image: {string.Join("; ", set.Problems.List())}.",
                "Check that these are the images that were annotated, and the folder in which they lie.");
    }

    private static DetectionDataset Open(
        DataLocator locator, DataOptions options, DataSplit split, string? prompts, IReadOnlyList<string>? detectorClasses, bool usable)
        => locator.YoloFile is { } yolo && (split == DataSplit.Train ? options.Train : options.Val) is null
            ? OpenYolo(YoloDataFile.Read(yolo), options, split, prompts, detectorClasses, usable)
            : OpenSource(locator, options, split, prompts, detectorClasses, usable);

    private static DetectionDataset OpenSource(
        DataLocator locator, DataOptions options, DataSplit split, string? prompts, IReadOnlyList<string>? detectorClasses, bool usable)
    {
        string name = split == DataSplit.Train ? "train" : "val";
        string source = locator.Source(split) ?? throw NoSet(locator, options, split, name);
        if (Path.GetExtension(source).Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            CocoFile read = usable ? CocoFile.ReadUsable(source) : CocoFile.Read(source), file = read.WithoutGroups();
            foreach (CocoCategory group in read.Groups())
            {
                file.Repairs.Add(DataProblemKind.GroupCategory, $"category {group.Id}: '{group.Name}'");
            }

            string[] listed = [.. file.Categories.Select(category => category.Name)];
            ClassSelection selection = ClassSelection.Of(source, listed, options, prompts, detectorClasses);
            return file.Images.Count == 0
                ? throw new GraftException(Failure.Data, $"{source}: lists no images.", "Export the annotations again.")
                : CocoDataset.Open(file, locator.ImagePaths(file, split), selection);
        }

        if (locator.YoloFile is null && locator.ClassList().Count == 0 && options.Names.Count == 0 && locator.UnnamedAnnotations() is { } unnamed)
        {
            throw new GraftException(
                Failure.Data, $"{unnamed}: its name says neither training nor validation split, so it is not read; {source} alone names no classes.",
                $"Give it as data.{name}, and another file for the other split (CVAT exports one task as one file), or rename it to {name}.json.");
        }

        YoloDataFile? described = locator.YoloFile is { } yolo ? YoloDataFile.Read(yolo) : null;
        IReadOnlyList<string> listedNames = described?.Names ?? locator.ClassList();
        if (listedNames.Count == 0 && options.Names.Count == 0 && locator.Suggestion() is { } suggestion)
        {
            throw new GraftException(Failure.Data, $"{source}: has no classes.", suggestion);
        }

        ClassSelection classes = ClassSelection.Of(source, listedNames, options, prompts, detectorClasses);
        return YoloDataset.Open(source, ImagesOf(source), Labels(locator.Root, [source], classes.Count, described?.KeyPointColumns), classes, usable);
    }

    private static GraftException NoSet(DataLocator locator, DataOptions options, DataSplit split, string name)
    {
        string none = $"has no {(split == DataSplit.Train ? "training" : "validation")} set that can be recognised.";
        return options is { Root: null, Train: null, Val: null }
            ? new GraftException(
                Failure.Data, $"No data set is named, and the working directory {locator.Root} {none}", "Name the data with --data (data.root in a configuration).")
            : new GraftException(
                Failure.Data, $"{locator.Root}: {none}",
                locator.Suggestion() ?? $"Give it as data.{name} (a COCO JSON file, a folder of images, or a list file), or write a data.yaml.");
    }

    private static DetectionDataset OpenYolo(
        YoloDataFile file, DataOptions options, DataSplit split, string? prompts, IReadOnlyList<string>? detectorClasses, bool usable)
    {
        if (!file.Sources.TryGetValue(split, out IReadOnlyList<string>? sources))
        {
            throw new GraftException(
                Failure.Data,
                $"{file.Path}: has no '{(split == DataSplit.Train ? "train" : "val")}'.",
                "Add the folder of its images to the file.");
        }

        ClassSelection classes = ClassSelection.Of(file.Path, file.Names, options, prompts, detectorClasses);
        string[] paths = [.. sources.Select(source => DataLocator.Resolve(file, source))];
        string[] images = [.. paths.SelectMany(ImagesOf).Distinct()];
        DetectionDataset set = YoloDataset.Open(
            paths.Length == 1 ? paths[0] : file.Path, images, Labels(file.Folder, paths, file.Names.Count, file.KeyPointColumns), classes, usable);
        if (file.MissingRoot is { } missing)
        {
            set.Problems.Add(DataProblemKind.MissingRoot, $"{file.Path}: path '{missing}'");
        }

        return set;
    }

    private static YoloLabels Labels(string root, IEnumerable<string> sources, int classes, int? keyPointColumns)
        => new(root, [.. sources.Where(Directory.Exists)], classes, keyPointColumns);

    private static IReadOnlyList<string> ImagesOf(string source)
        => File.Exists(source) ? ImageList.InListFile(source) : ImageList.InFolder(source);
}
