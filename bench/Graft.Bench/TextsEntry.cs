using Graft.Testing;
using Graft.Tests.Texts;

namespace Graft.Bench;

/// <summary>Many damaged texts through every reader of hand-written files; fails on a crash, a hang, unbounded allocation, or an unclear
/// message.</summary>
internal static class TextsEntry
{
    internal static int Run(Settings settings)
    {
        int files = settings.Integer("files", 100_000), seed = settings.Integer("seed", 1), words = settings.Integer("words", 0);
        string only = settings.Text("reader", "");
        settings.Finish();
        ReaderTrials trials = new(
            Graft.Tests.Texts.TextReader.Names, 14, ["read", "refused", "crashed", "slow", "greedy"], (reader, start) => Start(reader, start, words));
        return trials.Run(only, files, seed);
    }

    /// <summary>A reader whose first errors are printed.</summary>
    private static ReaderTrial Start(string reader, int seed, int words)
    {
        TemporaryFolder folder = new();
        TextTrial trial = new(reader, folder, seed);
        int read = 0;
        return new ReaderTrial(Next, () => trial.Current, folder);

        (int Outcome, string Detail) Next()
        {
            TextOutcome outcome = trial.Next();
            if (read++ < words && trial.Detail.Length == 0)
            {
                Console.WriteLine($"  {trial.Words.Replace(folder.Path, "", StringComparison.Ordinal)}");
            }

            return ((int)outcome, trial.Detail);
        }
    }
}
