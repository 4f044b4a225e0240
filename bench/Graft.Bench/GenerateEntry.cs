using System.Diagnostics;
using Graft.Synthetic;

namespace Graft.Bench;

/// <summary>Time of a drawn image: written as JPEG on all processors and on one, and drawn alone by material.</summary>
internal static class GenerateEntry
{
    /// <summary>A fifth of the time that the reference program needs for an image on one processor.</summary>
    private const double LargestMilliseconds = 22;

    internal static int Run(Settings settings)
    {
        int images = settings.Integer("images", 200), threads = settings.Integer("threads", Environment.ProcessorCount);
        settings.Finish();
        Write(Math.Min(images, 20), threads);
        double all = Write(images, threads);
        Console.WriteLine($"drawn and written as JPEG, {Counted.Of(threads, "thread")}: {all:f2} ms per image");
        Console.WriteLine($"drawn and written as JPEG, 1 thread: {Write(images, 1):f2} ms per image");
        foreach (string material in SyntheticVocabulary.Materials)
        {
            (double milliseconds, long bytes) = Draw(material, images);
            Console.WriteLine($"  {material,-14} drawn on one thread: {milliseconds,6:f2} ms, {bytes / 1024,6:N0} KiB allocated per image");
        }

        return all <= LargestMilliseconds ? 0 : 1;
    }

    private static double Write(int images, int threads)
    {
        using TemporaryFolder folder = new();
        SyntheticSplit split = new("all", 1_300_000, images) { Options = new() { Classes = SyntheticVocabulary.GroupOrNull("all")! } };
        long start = Stopwatch.GetTimestamp();
        SyntheticDataset.Write(folder.Path, [split], threads: threads);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / images;
    }

    private static (double Milliseconds, long Bytes) Draw(string material, int images)
    {
        SyntheticGenerator generator = new(new SyntheticOptions { Classes = SyntheticVocabulary.GroupOrNull("all")!, Materials = [material] });
        generator.Draw(1_300_000, 0);
        long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        for (int i = 0; i < images; i++)
        {
            generator.Draw(1_300_000, i);
        }

        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return (milliseconds / images, (GC.GetAllocatedBytesForCurrentThread() - before) / images);
    }
}
