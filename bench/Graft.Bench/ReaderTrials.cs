using System.Diagnostics;
using Graft.Runs;

namespace Graft.Bench;

/// <summary>Damaged files through readers: a table of how they ended, and exit code 1 on the first crash, hang or unbounded allocation.</summary>
/// <param name="Readers">All readers.</param>
/// <param name="Width">Characters of the column of readers.</param>
/// <param name="Outcomes">Titles of the outcomes read, refused, crashed, slow and greedy; the first two are sound.</param>
/// <param name="Start">Prepares the files of a reader with a seed.</param>
internal sealed record ReaderTrials(string[] Readers, int Width, string[] Outcomes, Func<string, int, ReaderTrial> Start)
{
    private const double MostMegabytes = 512;
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    /// <summary>Runs all readers, or the one that is asked for.</summary>
    /// <param name="only">Empty: all.</param>
    /// <param name="files">Files per reader.</param>
    /// <param name="seed">Seed of the damages.</param>
    internal int Run(string only, int files, int seed)
    {
        string[] readers = only.Length == 0 ? Readers
            : Readers.Contains(only) ? [only]
            : throw new GraftException(Failure.Usage, $"There is no reader '{only}'.", $"Known are {string.Join(", ", Readers)}.");
        Console.WriteLine($"{"reader".PadRight(Width)} {"files",8} {string.Join(' ', Outcomes.Select(title => $"{title,8}"))} {"seconds",8} {"slowest ms",10}");
        int broken = readers.Sum(reader => One(reader, files, seed));
        double peak = ProcessMemory.PeakMegabytes();
        Console.WriteLine($"peak memory {peak:f0} MiB; {(broken == 0 ? "nothing crashed, hung or grew" : $"{broken} files ended badly")}");
        return broken == 0 && peak <= MostMegabytes ? 0 : 1;
    }

    private int One(string reader, int files, int seed)
    {
        using ReaderTrial trial = Start(reader, seed);
        int[] counts = new int[Outcomes.Length];
        Stopwatch watch = Stopwatch.StartNew();
        long started = 0;
        TimeSpan slowest = default;
        using Timer watchdog = new(_ => ExitIfHung(trial, reader, watch.Elapsed - TimeSpan.FromTicks(Interlocked.Read(ref started))), null, Hang, Hang);
        for (int i = 0; i < files; i++)
        {
            TimeSpan begin = watch.Elapsed;
            Interlocked.Exchange(ref started, begin.Ticks);
            (int outcome, string detail) = trial.Next();
            slowest = watch.Elapsed - begin > slowest ? watch.Elapsed - begin : slowest;
            counts[outcome]++;
            if (detail.Length > 0)
            {
                Console.Error.WriteLine($"file {i} of seed {seed}: {Outcomes[outcome]}\n{detail}");
            }
        }

        Console.WriteLine($"{reader.PadRight(Width)} {files,8} {string.Join(' ', counts.Select(count => $"{count,8}"))} {watch.Elapsed.TotalSeconds,8:f1} {slowest.TotalMilliseconds,10:f1}");
        return counts[2..].Sum();
    }

    private static void ExitIfHung(ReaderTrial trial, string reader, TimeSpan since)
    {
        if (since > Hang)
        {
            Console.Error.WriteLine($"The reader of '{reader}' has been busy for {since} with {Convert.ToBase64String(trial.Current())}");
            Environment.Exit(1);
        }
    }
}
