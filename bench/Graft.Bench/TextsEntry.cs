using System.Diagnostics;
using Graft.Runs;
using Graft.Testing;
using Graft.Tests.Texts;

namespace Graft.Bench;

/// <summary>Many damaged texts through every reader of hand-written files; fails on a crash, a hang, unbounded allocation, or an unclear
/// message.</summary>
internal static class TextsEntry
{
    private const double MaxMegabytes = 512;
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    internal static int Run(Settings settings)
    {
        int files = settings.Integer("files", 100_000), seed = settings.Integer("seed", 1), words = settings.Integer("words", 0);
        string only = settings.Text("reader", "");
        settings.Finish();
        string[] readers = only.Length == 0 ? Graft.Tests.Texts.TextReader.Names
            : Graft.Tests.Texts.TextReader.Names.Contains(only) ? [only]
            : throw new GraftException(Failure.Usage, $"There is no reader '{only}'.", $"Known are {string.Join(", ", Graft.Tests.Texts.TextReader.Names)}.");
        Console.WriteLine($"{"reader",-14} {"files",8} {"read",8} {"refused",8} {"crashed",8} {"slow",8} {"greedy",8} {"seconds",8} {"slowest ms",10}");
        int broken = readers.Sum(reader => Fuzz(reader, files, seed, words));
        double peak = ProcessMemory.PeakMegabytes();
        Console.WriteLine($"peak memory {peak:f0} MiB; {(broken == 0 ? "nothing crashed, hung or grew" : $"{broken} files ended badly")}");
        return broken == 0 && peak <= MaxMegabytes ? 0 : 1;
    }

    private static int Fuzz(string reader, int files, int seed, int words)
    {
        using TemporaryFolder folder = new();
        TextTrial trial = new(reader, folder, seed);
        int[] counts = new int[Enum.GetValues<TextOutcome>().Length];
        Stopwatch watch = Stopwatch.StartNew();
        long started = 0;
        TimeSpan slowest = default;
        using Timer watchdog = new(_ => ExitIfHung(trial, reader, watch.Elapsed - TimeSpan.FromTicks(Interlocked.Read(ref started))), null, Hang, Hang);
        for (int i = 0; i < files; i++)
        {
            TimeSpan begin = watch.Elapsed;
            Interlocked.Exchange(ref started, begin.Ticks);
            TextOutcome outcome = trial.Next();
            slowest = watch.Elapsed - begin > slowest ? watch.Elapsed - begin : slowest;
            counts[(int)outcome]++;
            if (trial.Detail.Length > 0)
            {
                Console.Error.WriteLine($"file {i} of seed {seed}: {outcome}\n{trial.Detail}");
            }
            else if (i < words)
            {
                Console.WriteLine($"  {trial.Words.Replace(folder.Path, "", StringComparison.Ordinal)}");
            }
        }

        int Of(TextOutcome outcome) => counts[(int)outcome];
        Console.WriteLine($"{reader,-14} {files,8} {Of(TextOutcome.Read),8} {Of(TextOutcome.Refused),8} {Of(TextOutcome.Crashed),8} "
            + $"{Of(TextOutcome.Slow),8} {Of(TextOutcome.Greedy),8} {watch.Elapsed.TotalSeconds,8:f1} {slowest.TotalMilliseconds,10:f1}");
        return files - Of(TextOutcome.Read) - Of(TextOutcome.Refused);
    }

    private static void ExitIfHung(TextTrial trial, string reader, TimeSpan since)
    {
        if (since > Hang)
        {
            Console.Error.WriteLine($"The reader of '{reader}' has been busy for {since} with {Convert.ToBase64String(trial.Current)}");
            Environment.Exit(1);
        }
    }
}
