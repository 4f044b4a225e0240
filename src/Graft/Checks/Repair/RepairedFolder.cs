using System.Globalization;
using System.Text.Json;
using Graft.Data;
using Graft.Detectors;
using Graft.Files;

namespace Graft.Checks;

/// <summary>Writes a repaired copy of a data set: images, and COCO files with the boxes that can be trained on. The data itself stays as it is.</summary>
internal sealed class RepairedFolder
{
    private const string Marker = "repairs.json";

    private readonly OpenedData _data;
    private readonly string _folder;

    private RepairedFolder(OpenedData data, string folder) => (_data, _folder) = (data, folder);

    /// <summary>Checks that a copy can be written; writes nothing.</summary>
    /// <param name="folder">The folder of the copy.</param>
    /// <param name="data">What is copied.</param>
    /// <param name="overwrite">Whether an earlier copy is replaced.</param>
    /// <exception cref="GraftException">
    /// Of kind Usage: it lies in the data or the other way round; of kind Refused: it is not empty; of kind Data: there is nothing to copy.
    /// </exception>
    internal static RepairedFolder Prepare(string folder, OpenedData data, bool overwrite)
    {
        string real = FolderWalk.Real(folder), source = FolderWalk.Real(data.Root);
        if (real == source || FolderWalk.Contains(source, real) || FolderWalk.Contains(real, source))
        {
            throw new GraftException(Failure.Usage, $"--fix {folder} and the data {data.Root} lie in each other; expected a separate folder.", "Give another --fix.");
        }

        if (File.Exists(folder))
        {
            throw new GraftException(Failure.Usage, $"--fix {folder} is a file; expected the folder to write.", "Give another --fix.");
        }

        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            bool isCopy = File.Exists(Path.Combine(folder, Marker));
            if (!isCopy || !overwrite)
            {
                throw new GraftException(
                    Failure.Refused, $"The folder {folder} is not empty{(isCopy ? ": it holds an earlier copy" : $", and holds no earlier copy ({Marker})")}.",
                    isCopy ? "Replace it with --overwrite, or give another --fix." : "Give a new folder.");
            }
        }

        if (data.Splits.Count == 0)
        {
            throw new GraftException(
                Failure.Data, $"{data.Root}: there is nothing to copy: {string.Join("; ", data.Problems.List())}.", "Correct what the message says.");
        }

        AtomicFile.RequireWritable(Path.Combine(folder, Marker));
        return new RepairedFolder(data, Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
    }

    /// <summary>Writes the copy beside its place, then renames it, so that it is complete or absent.</summary>
    /// <param name="fingerprints">By image; null for one that cannot be read.</param>
    internal RepairReport Write(IReadOnlyList<ImageFingerprint?> fingerprints)
    {
        KeptImages kept = KeptImages.Of(_data, fingerprints);
        string partial = $"{_folder}.partial";
        try
        {
            Delete(partial);
            int boxes = 0;
            foreach (CheckedSplit split in _data.Splits)
            {
                boxes += Write(split, [.. kept.Indices.Select(i => _data.AllImages[i]).Where(entry => entry.Split == split).Select(entry => entry.Image)], partial);
            }

            if (_data.Prompts is { } prompts)
            {
                File.Copy(prompts, Path.Combine(partial, "class_texts.json"));
            }

            string[] removed = [.. Removed(kept)];
            WriteMarker(Path.Combine(partial, Marker), kept, removed);
            Delete(_folder);
            Directory.Move(partial, _folder);
            return new RepairReport(_folder, kept.Indices.Count, boxes, removed);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GraftException(Failure.Runtime, $"Cannot write the copy {_folder}: {error.Message}", "Check the free space and the permissions of its folder.", error);
        }
    }

    /// <summary>What was left out or changed: in words, the images by name, and the places of what readers and rules found.</summary>
    private void WriteMarker(string path, KeptImages kept, IReadOnlyList<string> removed)
    {
        HashSet<int> remaining = [.. kept.Indices];
        string[] images = [.. _data.AllImages.Where((_, i) => !remaining.Contains(i)).Select(entry => _data.Place(entry.Image))];
        Dictionary<string, IReadOnlyList<string>> places = _data.Problems.List().Where(problem => CheckAdvice.Of(problem.Kind).IsRepaired)
            .ToDictionary(problem => CheckProblem.Of(problem).Kind, problem => problem.Examples);
        AtomicFile.WriteText(path, JsonSerializer.Serialize(new { source = _data.Root, repairs = removed, left_out = images, places }, JsonStyles.Indented) + "\n");
    }

    private int Write(CheckedSplit split, IReadOnlyList<DetectionImage> images, string folder)
    {
        string name = split.Name == OpenedData.Whole ? "train" : split.Name, target = Path.Combine(folder, "images", name);
        Directory.CreateDirectory(target);
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        ILookup<long, CocoAnnotation> special = split.Data.Annotations.Where(annotation => annotation.Crowd || annotation.Ignore).ToLookup(annotation => annotation.ImageId);
        Dictionary<long, long> categories = split.Data.Categories.ToDictionary(category => category.Id, category => (long)CategoryOf(category.Name));
        List<CocoImage> listed = [];
        List<CocoAnnotation> annotations = [];
        int boxes = 0;
        foreach (DetectionImage image in images)
        {
            string file = FreeName(Path.GetFileName(image.Path), taken);
            File.Copy(image.Path, Path.Combine(target, file));
            listed.Add(new CocoImage(listed.Count + 1, file, image.Width, image.Height));
            foreach (LabelledBox item in BoxChecks.Distinct(image.Objects))
            {
                annotations.Add(Annotation(item.Box, item.Label + 1));
                boxes++;
            }

            foreach (CocoAnnotation region in special[image.Id])
            {
                Box box = Box.FromSize(region.X, region.Y, region.Width, region.Height).Clip(image.Width, image.Height);
                if (box.Area > 0)
                {
                    annotations.Add(Annotation(box, categories[region.CategoryId]) with { Crowd = region.Crowd, Ignore = region.Ignore });
                }
            }
        }

        CocoWriter.Write(new CocoFile(
            Path.Combine(folder, "annotations", name + ".json"), listed,
            [.. _data.ClassNames.Select((className, label) => new CocoCategory(label + 1, className))], annotations));
        return boxes;

        CocoAnnotation Annotation(Box box, long category)
            => new(annotations.Count + 1, listed.Count, category, box.X1, box.Y1, box.Width, box.Height, box.Area);
    }

    private int CategoryOf(string name) => _data.ClassNames.ToList().IndexOf(name) + 1;

    private IEnumerable<string> Removed(KeptImages kept)
    {
        if (_data.Problems.CountOf(DataProblemKind.UnusableSplit) is > 0 and int unusable)
        {
            yield return $"{Counted.Of(unusable, "split")} left out: nothing in it can be used";
        }

        if (_data.Problems.CountOf(DataProblemKind.UnusablePrompts) > 0)
        {
            yield return "the prompt file left out: it does not fit the classes";
        }

        foreach (CheckedSplit empty in _data.Splits.Where(split => !kept.Indices.Any(i => _data.AllImages[i].Split == split)))
        {
            yield return $"no image is left in {empty.Name}: divide the images again";
        }

        if (kept.Unreadable > 0)
        {
            yield return $"{Counted.Of(kept.Unreadable, "image")} that cannot be read left out";
        }

        if (kept.Shared > 0)
        {
            yield return $"{Counted.Of(kept.Shared, "training image")} left out that the validation split has too";
        }

        if (kept.Copies > 0)
        {
            yield return $"{Counted.Of(kept.Copies, "copy", "copies")} left out";
        }

        foreach (DataProblem problem in _data.Problems.List().Where(problem => CheckAdvice.Of(problem.Kind).IsRepaired && !IsCounted(problem.Kind)))
        {
            yield return problem.Summary;
        }
    }

    /// <summary>Kinds that <see cref="KeptImages"/> counts.</summary>
    private static bool IsCounted(DataProblemKind kind) => kind is DataProblemKind.SharedImage or DataProblemKind.NearSharedImage
        or DataProblemKind.DuplicateImage or DataProblemKind.NearDuplicateImage or DataProblemKind.DamagedImage;

    private static string FreeName(string name, HashSet<string> taken)
    {
        string free = name;
        for (int number = 2; !taken.Add(free); number++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(name)}-{number}{Path.GetExtension(name)}");
        }

        return free;
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
