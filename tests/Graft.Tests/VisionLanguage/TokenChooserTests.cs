using Graft.VisionLanguage;

namespace Graft.Tests.VisionLanguage;

[SideBySide]
public sealed class TokenChooserTests
{
    [Fact]
    public void Greedy_TakesTheBestToken() => Assert.Equal(2, Choose(GenerationOptions.Greedy, [0.1f, -3, 0.5f, 0.4f]));

    [Fact]
    public void Ends_AreNotTakenBeforeTheFewestTokens()
    {
        GenerationOptions options = GenerationOptions.Greedy with { MinNewTokens = 2 };
        Assert.Equal(3, Choose(options, [0.1f, -3, 0.5f, 0.4f], answer: [0], ends: [2]));
        Assert.Equal(2, Choose(options, [0.1f, -3, 0.5f, 0.4f], answer: [0, 0], ends: [2]));
    }

    [Fact]
    public void Repetition_CostsWhateverTheSign()
    {
        GenerationOptions options = GenerationOptions.Greedy with { RepetitionPenalty = 2 };
        Assert.Equal(1, Choose(options, [1, 0.6f], answer: [0]));
        Assert.Equal(1, Choose(options, [-1, -1.5f], answer: [0]));
    }

    [Fact]
    public void Sampling_FollowsTheProbabilitiesOfWhatIsConsidered()
    {
        // Softmax of 3, 2, 1, 0 is 0.644, 0.237, 0.087, 0.032: a share of 0.8 keeps two tokens, two of the best are the same two.
        foreach (GenerationOptions options in (GenerationOptions[])
        [
            new() { Temperature = 1, TopP = 0.8, TopK = 0, RepetitionPenalty = 1, MinNewTokens = 0, Seed = 3 },
            new() { Temperature = 1, TopP = 1, TopK = 2, RepetitionPenalty = 1, MinNewTokens = 0, Seed = 4 },
        ])
        {
            TokenChooser chooser = new(options);
            int[] counts = new int[4];
            for (int i = 0; i < 4000; i++)
            {
                counts[chooser.Choose([3, 2, 1, 0], [], [])]++;
            }

            Assert.Equal(0, counts[2] + counts[3]);
            Assert.Equal(1 / (1 + Math.Exp(-1)), counts[0] / 4000.0, 0.03);
        }
    }

    private static int Choose(GenerationOptions options, float[] scores, int[]? answer = null, int[]? ends = null)
        => new TokenChooser(options).Choose(scores, answer ?? [], ends ?? []);
}
