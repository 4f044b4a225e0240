using Graft.Files.Tests;

namespace Graft.Bench;

/// <summary>Many damaged files through every reader of weight files; fails on a crash, a hang or unbounded allocation.</summary>
internal static class FuzzEntry
{
    private static readonly ReaderTrials Trials = new(FuzzRun.Readers, 16, ["opened", "refused", "crashed", "slow", "greedy"], Start);

    internal static int Run(Settings settings)
    {
        int files = settings.Integer("files", 200_000), seed = settings.Integer("seed", 1);
        string only = settings.Text("reader", "");
        settings.Finish();
        return Trials.Run(only, files, seed);
    }

    private static ReaderTrial Start(string reader, int seed)
    {
        FuzzRun run = new(reader, seed);
        return new ReaderTrial(Next, () => run.Current);

        (int Outcome, string Detail) Next()
        {
            FuzzTrial trial = run.Next();
            return ((int)trial.Outcome, trial.Detail);
        }
    }
}
