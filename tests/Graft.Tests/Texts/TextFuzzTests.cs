using System.Diagnostics;

namespace Graft.Tests.Texts;

/// <summary>
/// Damaged texts end in a value or in a plain error that names the file, quickly and with bounded memory.
/// A moment for each reader here; <c>bench/</c> tries as many files as you like.
/// </summary>
public class TextFuzzTests
{
    private static readonly TimeSpan ForEachReader = TimeSpan.FromSeconds(0.25);

    public static TheoryData<string> Readers() => [.. TextReader.Names];

    [Theory]
    [MemberData(nameof(Readers))]
    public void DamagedText_EndsInAValueOrAPlainError(string reader)
    {
        using TemporaryFolder folder = new();
        TextTrial trial = new(reader, folder, seed: 9);
        Stopwatch watch = Stopwatch.StartNew();
        int read = 0, refused = 0;
        do
        {
            TextOutcome outcome = trial.Next();
            Assert.True(outcome is TextOutcome.Read or TextOutcome.Refused, trial.Detail);
            read += outcome == TextOutcome.Read ? 1 : 0;
            refused += outcome == TextOutcome.Refused ? 1 : 0;
        }
        while (watch.Elapsed < ForEachReader || read + refused < 50);
        Assert.True(read > 0 && refused > 0, $"{read} damaged texts were read, {refused} refused; a sound mix was expected.");
    }
}
