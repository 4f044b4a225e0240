using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Graft.Files;
using Graft.Torch.Images;

namespace Graft.Synthetic;

/// <summary>Writes drawn images as a data set that trains like any other: images, COCO JSON, class prompts, queries.</summary>
public static class SyntheticDataset
{
    private const int JpegQuality = 90;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// Writes <c>class_texts.json</c> (a list of prompts for each class, in the order of the ids), <c>split.json</c> (ids of the base and the
    /// novel classes) and <c>queries/*.json</c> (<see cref="SyntheticQueries"/>) for the classes of all splits, then each split:
    /// <c>images/SPLIT/*.jpg</c> and <c>annotations/SPLIT.json</c> with the classes of that split. A split appears when it is complete.
    /// </summary>
    /// <param name="directory">The output folder; splits of the same names are replaced, other files stay.</param>
    /// <param name="splits">What to draw.</param>
    /// <param name="extension">Image format: <c>.jpg</c> (about 22 KB each) or <c>.png</c> (about 155 KB, exact).</param>
    /// <param name="progress">Called with the number of images written so far, from several threads.</param>
    /// <param name="threads">Images drawn at the same time; 0: one per processor.</param>
    /// <param name="cancellation">Stops between two images; nothing of an unfinished split stays.</param>
    /// <returns>The number of boxes of each split.</returns>
    /// <exception cref="GraftException">A name is unknown, two splits are alike, or a file cannot be written.</exception>
    public static IReadOnlyList<int> Write(
        string directory,
        IReadOnlyList<SyntheticSplit> splits,
        string extension = ".jpg",
        IProgress<int>? progress = null,
        int threads = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(splits);
        SyntheticSplit.RequireApart(splits);
        SyntheticGenerator[] generators = [.. splits.Select(split => new SyntheticGenerator(split.Options))];
        ParallelOptions parallel = new() { CancellationToken = cancellation, MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount };
        InFolder(directory, () =>
        {
            foreach (string file in splits.Select(split => AnnotationFile(directory, split)).Where(File.Exists))
            {
                File.Delete(file);
            }
        });
        WriteTexts(directory, [.. generators.SelectMany(generator => generator.Classes).Distinct().OrderBy(c => c.Id)]);
        int[] boxes = new int[splits.Count];
        int written = 0;
        for (int i = 0; i < splits.Count; i++)
        {
            (string FileName, SyntheticImage Image)[] images = WriteImages(
                directory, splits[i], generators[i], extension, parallel, () => progress?.Report(Interlocked.Increment(ref written)));
            AtomicFile.WriteBytes(AnnotationFile(directory, splits[i]), SyntheticCoco.ToJson(images, generators[i].Classes));
            boxes[i] = images.Sum(image => image.Image.Objects.Count);
        }

        return boxes;
    }

    /// <summary>Checks that a folder may be given to a new data set; writes nothing.</summary>
    /// <exception cref="GraftException">Of kind Refused: it is not empty; of kind Usage: it is a file.</exception>
    public static void RequireFree(string directory)
    {
        if (File.Exists(directory))
        {
            throw new GraftException(Failure.Usage, $"{directory} is a file; expected the folder to write.", "Give another folder.");
        }

        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).FirstOrDefault() is { } found)
        {
            throw new GraftException(
                Failure.Refused,
                $"The folder {directory} is not empty: it holds {Path.GetFileName(found)}.",
                "Give another folder, or replace splits of the same names with --overwrite; other files stay.");
        }
    }

    /// <summary>Where the annotations of a split are; they are there only when the split is complete.</summary>
    public static string AnnotationFile(string directory, SyntheticSplit split)
    {
        ArgumentNullException.ThrowIfNull(split);
        return Path.Combine(directory, "annotations", split.Name + ".json");
    }

    private static void WriteTexts(string directory, IReadOnlyList<SyntheticClass> classes)
    {
        WriteJson(Path.Combine(directory, "class_texts.json"), classes.Select(c => c.Prompts));
        WriteJson(Path.Combine(directory, "split.json"), new
        {
            @base = classes.Where(c => !c.IsNovel).Select(c => c.Id),
            novel = classes.Where(c => c.IsNovel).Select(c => c.Id),
        });
        foreach ((string name, IReadOnlyList<IReadOnlyList<string>> prompts) in SyntheticQueries.Of(classes))
        {
            WriteJson(Path.Combine(directory, "queries", name), prompts);
        }
    }

    /// <summary>Writes the images beside their folder, which they replace when all are there.</summary>
    private static (string FileName, SyntheticImage Image)[] WriteImages(
        string directory, SyntheticSplit split, SyntheticGenerator generator, string extension, ParallelOptions parallel, Action onWritten)
    {
        string folder = Path.Combine(directory, "images", split.Name), partial = folder + ".partial";
        (string FileName, SyntheticImage Image)[] images = new (string FileName, SyntheticImage Image)[split.Count];
        InFolder(directory, () =>
        {
            Clear(partial);
            Directory.CreateDirectory(partial);
            try
            {
                Parallel.For(0, split.Count, parallel, i =>
                {
                    SyntheticImage drawn = generator.Draw(split.Offset, i);
                    string name = string.Create(CultureInfo.InvariantCulture, $"{i:000000}{extension}");
                    using Image image = drawn.ToImage();

                    // Thousands of small files: each is not flushed to the disk, the folder is renamed when all are written.
                    File.WriteAllBytes(Path.Combine(partial, name), image.Encode(extension, JpegQuality));
                    images[i] = (name, drawn with { Rgb = [] });
                    onWritten();
                });
                Clear(folder);
                Directory.Move(partial, folder);
            }
            finally
            {
                Clear(partial);
            }
        });
        return images;
    }

    private static void Clear(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void InFolder(string directory, Action work)
    {
        try
        {
            work();
        }
        catch (Exception error) when ((error as AggregateException)?.InnerException is { } first && first is GraftException)
        {
            ExceptionDispatchInfo.Throw(first);
        }
        catch (Exception error) when (((error as AggregateException)?.InnerException ?? error) is IOException or UnauthorizedAccessException)
        {
            string reason = ((error as AggregateException)?.InnerException ?? error).Message;
            throw new GraftException(
                Failure.Runtime, $"Cannot write {directory}: {reason}", "Check the free space and the permissions of the folder.", error);
        }
    }

    private static void WriteJson<T>(string path, T value)
        => AtomicFile.WriteText(path, JsonSerializer.Serialize(value, Indented) + "\n");
}
