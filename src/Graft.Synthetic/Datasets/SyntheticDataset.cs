using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Graft.Files;
using Graft.Torch.Images;

namespace Graft.Synthetic;

/// <summary>Writes drawn images as a data set that trains like any other: images, COCO JSON, class prompts.</summary>
public static class SyntheticDataset
{
    private const int JpegQuality = 90;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// Writes <c>images/SPLIT/*.jpg</c>, <c>annotations/SPLIT.json</c>, <c>class_texts.json</c> (a list of prompts for each category, in
    /// the order of the ids) and <c>split.json</c> (ids of the base and the novel classes). All splits share one list of categories.
    /// </summary>
    /// <param name="directory">The output folder; files of the same names are replaced.</param>
    /// <param name="splits">What to draw.</param>
    /// <param name="extension">Image format: <c>.jpg</c> (about 22 KB each) or <c>.png</c> (about 155 KB, exact).</param>
    /// <param name="progress">Called with the number of images written so far.</param>
    /// <param name="cancellation">Stops between two images; annotations of an unfinished split are not written.</param>
    public static void Write(
        string directory,
        IReadOnlyList<SyntheticSplit> splits,
        string extension = ".jpg",
        IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        SyntheticGenerator[] generators = [.. splits.Select(split => new SyntheticGenerator(split.Options))];
        SyntheticClass[] classes = [.. generators.SelectMany(generator => generator.Classes).Distinct().OrderBy(c => c.Id)];
        int written = 0;
        foreach ((SyntheticSplit split, SyntheticGenerator generator) in splits.Zip(generators))
        {
            (string FileName, SyntheticImage Image)[] images = new (string FileName, SyntheticImage Image)[split.Count];
            InParallel(split.Count, i =>
            {
                SyntheticImage drawn = generator.Draw(split.Offset, i);
                string name = string.Create(CultureInfo.InvariantCulture, $"{i:000000}{extension}");
                using Image image = drawn.ToImage();
                AtomicFile.WriteBytes(Path.Combine(directory, "images", split.Name, name), image.Encode(extension, JpegQuality));
                images[i] = (name, drawn with { Rgb = [] });
                progress?.Report(Interlocked.Increment(ref written));
            }, cancellation);
            AtomicFile.WriteBytes(Path.Combine(directory, "annotations", split.Name + ".json"), SyntheticCoco.ToJson(images, classes));
        }

        WriteJson(Path.Combine(directory, "class_texts.json"), classes.Select(c => c.Prompts));
        WriteJson(Path.Combine(directory, "split.json"), new
        {
            @base = classes.Where(c => !c.IsNovel).Select(c => c.Id),
            novel = classes.Where(c => c.IsNovel).Select(c => c.Id),
        });
    }

    private static void InParallel(int count, Action<int> work, CancellationToken cancellation)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, work);
        }
        catch (AggregateException errors) when (errors.InnerException is GraftException first)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    private static void WriteJson<T>(string path, T value)
        => AtomicFile.WriteText(path, JsonSerializer.Serialize(value, Indented) + "\n");
}
