using System.Diagnostics;

namespace Graft.Files.Tests;

/// <summary>
/// Damaged files end in a clear error or in tensors, quickly and with bounded memory, whatever the damage.
/// A few seconds for each reader here; <c>bench/</c> tries as many files as you like.
/// </summary>
public class FuzzTests
{
    private static readonly TimeSpan ForEachReader = TimeSpan.FromSeconds(3);

    public static TheoryData<string> Readers() => [.. FuzzRun.Readers];

    [Theory]
    [MemberData(nameof(Readers))]
    public void DamagedFile_EndsInAnErrorOrInTensors(string reader)
    {
        FuzzRun run = new(reader, seed: 20);
        Stopwatch watch = Stopwatch.StartNew();
        int files = 0, opened = 0;
        do
        {
            FuzzTrial trial = run.Next();
            Assert.True(trial.IsSound, trial.Detail);
            opened += trial.Outcome == FuzzOutcome.Opened ? 1 : 0;
            files++;
        }
        while (watch.Elapsed < ForEachReader);
        Assert.True(files > 500, $"Only {files} files were tried.");
        Assert.True(opened > 0 && opened < files, $"{opened} of {files} damaged files opened; a sound mix was expected.");
    }
}
