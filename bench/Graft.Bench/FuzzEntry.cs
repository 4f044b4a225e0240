using System.Diagnostics;
using Graft.Files.Tests;
using Graft.Runs;

namespace Graft.Bench;

/// <summary>Many damaged files through every reader of weight files; fails on the first crash, hang or unbounded allocation.</summary>
internal static class FuzzEntry
{
    private const double MaxMegabytes = 512;
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    internal static int Run(Settings settings)
    {
        int files = settings.Integer("files", 200_000), seed = settings.Integer("seed", 1);
        string only = settings.Text("reader", "");
        settings.Finish();
        string[] readers = only.Length == 0 ? FuzzRun.Readers
            : FuzzRun.Readers.Contains(only) ? [only]
            : throw new GraftException(Failure.Usage, $"There is no reader '{only}'.", $"Known are {string.Join(", ", FuzzRun.Readers)}.");
        Console.WriteLine($"{"reader",-16} {"files",8} {"opened",8} {"refused",8} {"crashed",8} {"slow",8} {"greedy",8} {"seconds",8} {"slowest ms",10}");
        int broken = readers.Sum(reader => Fuzz(reader, files, seed));
        double peak = ProcessMemory.PeakMegabytes();
        Console.WriteLine($"peak memory {peak:f0} MiB; {(broken == 0 ? "nothing crashed, hung or grew" : $"{broken} files ended badly")}");
        return broken == 0 && peak <= MaxMegabytes ? 0 : 1;
    }

    private static int Fuzz(string reader, int files, int seed)
    {
        FuzzRun run = new(reader, seed);
        int[] counts = new int[Enum.GetValues<FuzzOutcome>().Length];
        Stopwatch watch = Stopwatch.StartNew();
        long started = 0;
        TimeSpan slowest = default;
        using Timer watchdog = new(_ => ExitIfHung(run, reader, watch.Elapsed - TimeSpan.FromTicks(Interlocked.Read(ref started))), null, Hang, Hang);
        for (int i = 0; i < files; i++)
        {
            TimeSpan begin = watch.Elapsed;
            Interlocked.Exchange(ref started, begin.Ticks);
            FuzzTrial trial = run.Next();
            slowest = watch.Elapsed - begin > slowest ? watch.Elapsed - begin : slowest;
            counts[(int)trial.Outcome]++;
            if (!trial.IsSound)
            {
                Console.Error.WriteLine($"file {i} of seed {seed}: {trial.Outcome}\n{trial.Detail}");
            }
        }

        int Of(FuzzOutcome outcome) => counts[(int)outcome];
        Console.WriteLine($"{reader,-16} {files,8} {Of(FuzzOutcome.Opened),8} {Of(FuzzOutcome.Refused),8} {Of(FuzzOutcome.Crashed),8} "
            + $"{Of(FuzzOutcome.Slow),8} {Of(FuzzOutcome.Greedy),8} {watch.Elapsed.TotalSeconds,8:f1} {slowest.TotalMilliseconds,10:f1}");
        return files - Of(FuzzOutcome.Opened) - Of(FuzzOutcome.Refused);
    }

    private static void ExitIfHung(FuzzRun run, string reader, TimeSpan since)
    {
        if (since > Hang)
        {
            Console.Error.WriteLine($"The reader of '{reader}' has been busy for {since} with {Convert.ToBase64String(run.Current)}");
            Environment.Exit(1);
        }
    }
}
