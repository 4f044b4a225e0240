using Graft.Data;

namespace Graft.Checks;

/// <summary>A data set as far as it can be used.</summary>
/// <param name="Root">Folder of the data set.</param>
/// <param name="Splits">The splits that can be used, training first.</param>
/// <param name="ClassNames">Names of the classes of all splits; those of the training split first, in its order.</param>
/// <param name="Problems">What the readers found; later steps add to it.</param>
internal sealed record OpenedData(string Root, IReadOnlyList<CheckedSplit> Splits, IReadOnlyList<string> ClassNames, DataProblems Problems)
{
    /// <summary>Name of a file that holds all images, in no splits.</summary>
    internal const string Whole = "data";

    /// <summary>The prompt file of the data set, or null.</summary>
    internal string? Prompts { get; private init; }

    /// <summary>Whether there are a training and a validation split.</summary>
    internal bool HasBothSplits => Splits.Count == 2;

    /// <summary>Every image, training first.</summary>
    internal IReadOnlyList<(CheckedSplit Split, DetectionImage Image)> AllImages { get; private init; } = [];

    /// <summary>Opens a data set.</summary>
    /// <exception cref="GraftException">Of kind Data: there is no such path.</exception>
    internal static OpenedData Open(DataOptions options)
    {
        DataLocator locator = new(options, []);
        DataProblems problems = new(locator.RootFile ?? locator.Root);
        bool whole = locator.RootFile is not null && locator.YoloFile is null && options.Train is null && options.Val is null;
        List<(string Name, DetectionDataset Data)> opened = [];
        foreach (DataSplit split in whole ? new[] { DataSplit.Train } : [DataSplit.Train, DataSplit.Val])
        {
            string name = whole ? Whole : split.ToString().ToLowerInvariant();
            try
            {
                DetectionDataset data = OpenSplit(locator, options, split, problems);
                Take(problems, name, data.Problems, locator.Root);
                if (data.Images.Count == 0)
                {
                    problems.Add(DataProblemKind.UnusableSplit, $"{name}: {data.Source} has no usable image");
                    continue;
                }

                opened.Add((name, data));
            }
            catch (GraftException error) when (error.Failure == Failure.Data)
            {
                problems.Add(DataProblemKind.UnusableSplit, $"{name}: {Text(error)}");
            }
        }

        string[] names = [.. opened.SelectMany(split => split.Data.ClassNames).Distinct()];
        CheckedSplit[] splits = [.. opened.Select(split => new CheckedSplit(split.Name, split.Data, Relabelled(split.Data, names)))];
        return new OpenedData(Path.GetFullPath(locator.Root), splits, names, problems)
        {
            Prompts = splits.Length > 0 && splits[0].Data.ClassNames.Count == names.Length && problems.CountOf(DataProblemKind.UnusablePrompts) == 0
                && locator.Prompts is { } prompts && Path.GetExtension(prompts) == ".json" ? prompts : null,
            AllImages = [.. splits.SelectMany(split => split.Images.Select(image => (split, image)))],
        };
    }

    /// <summary>A path for messages: relative to the data set where it lies inside.</summary>
    internal string Place(DetectionImage image) => Place(image.Path);

    /// <inheritdoc cref="Place(DetectionImage)"/>
    internal string Place(string path) => Short(path, Root);

    /// <summary>Opens a split; prompts that do not fit are noted, and the split is opened without them.</summary>
    private static DetectionDataset OpenSplit(DataLocator locator, DataOptions options, DataSplit split, DataProblems problems)
    {
        if (split == DataSplit.Val)
        {
            return DetectionData.OpenUsable(locator, options, split, null);
        }

        try
        {
            return DetectionData.OpenUsable(locator, options, split, locator.Prompts);
        }
        catch (GraftException error) when (error.Failure == Failure.Data)
        {
            DetectionDataset data = DetectionData.OpenUsable(locator, options, split, null);
            problems.Add(DataProblemKind.UnusablePrompts, Text(error));
            return data;
        }
    }

    private static string Text(GraftException error) => $"{error.Message.TrimEnd('.')}. {error.Hint}".TrimEnd();

    private static string Short(string text, string root)
        => text.Replace(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)) + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    /// <summary>Takes over what a reader found. Alike class names are looked for in all splits together.</summary>
    private static void Take(DataProblems problems, string name, DataProblems found, string root)
    {
        foreach (DataProblem problem in found.List().Where(problem => problem.Kind != DataProblemKind.AlikeClasses))
        {
            problems.Add(problem with { Examples = [.. problem.Examples.Select(example => $"{name}: {Short(example, root)}")] });
        }
    }

    private static DetectionImage[] Relabelled(DetectionDataset data, string[] names)
    {
        int[] labels = [.. data.ClassNames.Select(name => Array.IndexOf(names, name))];
        return [.. data.Images.Select(image => image with { Objects = [.. image.Objects.Select(box => box with { Label = labels[box.Label] })] })];
    }
}
