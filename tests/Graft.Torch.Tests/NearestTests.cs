namespace Graft.Torch.Tests;

[SideBySide]
public class NearestTests
{
    private static readonly string[] Keys = ["learning_rate", "weight_decay", "epochs", "batch", "lr"];

    [Theory]
    [InlineData("learnig_rate", "learning_rate")]
    [InlineData("learning-rate", "learning_rate")]
    [InlineData("Epochs", "epochs")]
    [InlineData("epcohs", "epochs")]
    [InlineData("rl", "lr")]
    public void MistypedWord_FindsItsKey(string word, string expected)
    {
        Assert.Equal(expected, Nearest.To(word, Keys));
        Assert.Equal($"Did you mean '{expected}'?", Nearest.Suggestion(word, Keys));
    }

    [Theory]
    [InlineData("momentum")]
    [InlineData("x")]
    public void UnrelatedWord_SuggestsNothing(string word)
    {
        Assert.Null(Nearest.To(word, Keys));
        Assert.Null(Nearest.Suggestion(word, Keys));
    }

    [Fact]
    public void SeveralCandidates_ComeClosestFirst()
        => Assert.Equal(["neck.out", "neck.cut"], Nearest.Of("neck.ou", ["backbone", "neck.cut", "neck.out"], 5));
}
