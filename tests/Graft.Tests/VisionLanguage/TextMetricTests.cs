using Graft.VisionLanguage;

namespace Graft.Tests.VisionLanguage;

[SideBySide]
public sealed class TextMetricTests
{
    [Theory]
    [InlineData("caresses", "caress")]
    [InlineData("ponies", "poni")]
    [InlineData("ties", "tie")]
    [InlineData("agreed", "agre")]
    [InlineData("motoring", "motor")]
    [InlineData("hopping", "hop")]
    [InlineData("filing", "file")]
    [InlineData("enjoy", "enjoy")]
    [InlineData("happy", "happi")]
    [InlineData("rationally", "ration")]
    [InlineData("geology", "geolog")]
    [InlineData("hopefully", "hope")]
    [InlineData("generalizations", "gener")]
    [InlineData("adjustment", "adjust")]
    [InlineData("adoption", "adopt")]
    [InlineData("controlling", "control")]
    [InlineData("skies", "sky")]
    [InlineData("dying", "die")]
    [InlineData("Running", "run")]
    [InlineData("as", "as")]
    [InlineData("yyyying", "yyyi")]
    public void Stems_MatchThePaperWithItsUsualExtensions(string word, string stem) => Assert.Equal(stem, PorterStemmer.Stem(word));

    [Fact]
    public void Bleu_IsTheSmoothedGeometricMeanTimesTheBrevityPenalty()
    {
        // Tokens "This is cat ." against "This is a cat .": 4/4, 2/3, 0/2 and 0/1 n-grams, smoothed to 1/(2·2) and 1/(4·1).
        double expected = Math.Exp(1 - 5.0 / 4) * Math.Pow(1.0 * 2 / 3 / 4 / 4, 0.25);
        Assert.Equal(expected, BleuScore.Corpus(["This is cat."], [["This is a cat."]]), 12);
        Assert.Equal(1, BleuScore.Corpus(["The room is bright, with 3.5 m."], [["no", "The room is bright, with 3.5 m."]]), 12);
        Assert.Equal(0, BleuScore.Corpus(["alpha beta gamma delta"], [["one two three four"]]));
        Assert.Equal(0, BleuScore.Corpus([""], [["one two three four"]]));
    }

    [Fact]
    public void Bleu_CountsOverTheWholeCorpus()
    {
        // Together: 6/6 words, 4/4 pairs, 2/2 triples, no quadruple in the predictions.
        Assert.Equal(0, BleuScore.Corpus(["a b c", "d e f"], [["a b c"], ["d e f"]]));
        double expected = Math.Pow(7.0 / 8 * (5.0 / 6) * (3.0 / 4) * (1.0 / 2), 0.25);
        Assert.Equal(expected, BleuScore.Corpus(["a b c d", "e f g h"], [["a b c d"], ["e f g x"]]), 12);
    }

    [Theory]
    [InlineData("Price: $5,000.50!", "Price : $ 5,000.50 !")]
    [InlineData("a well-known 3-4 split", "a well-known 3 - 4 split")]
    [InlineData("he said &quot;no&quot;.", "he said \" no \" .")]
    [InlineData("end of line-\nbreak", "end of linebreak")]
    public void BleuTokens_FollowThe13aRules(string text, string expected) => Assert.Equal(expected, string.Join(' ', BleuScore.Tokens(text)));

    [Fact]
    public void Rouge_IsTheHarmonicMeanOverTheLongestCommonSubsequence()
    {
        // Stemmed: the room bright / a bright room: the longest common subsequence has one word of three and three.
        Assert.Equal(2.0 * 1 / 6, RougeScore.Sentence("The rooms, bright", "a bright ROOM"), 12);
        Assert.Equal(1, RougeScore.Sentence("Lights shining", "light shines"), 12);
        Assert.Equal(0, RougeScore.Sentence("", "x"));
        Assert.Equal(0.5, RougeScore.Corpus(["a", "b"], [["c", "a"], ["c"]]), 12);
    }

    [Fact]
    public void Meteor_WeighsRecallAndCountsChunks()
    {
        // 4 of 4 words match 4 of 5, one of them by its stem, in two chunks.
        double mean = 1 * 0.8 / (0.9 * 1 + 0.1 * 0.8);
        double expected = mean * (1 - 0.5 * Math.Pow(2.0 / 4, 3));
        Assert.Equal(expected, MeteorScore.Sentence("the room is lit", "The rooms is very lit"), 12);
        Assert.Equal(0, MeteorScore.Sentence("x", "y"));
        Assert.Equal(1 - 0.5 / 64, MeteorScore.Corpus(["the room is bright"], [["no", "The room is bright"]]), 12);
    }

    [Fact]
    public void NothingToScore_IsAnError()
    {
        Assert.Throws<GraftException>(() => BleuScore.Corpus([], []));
        Assert.Throws<GraftException>(() => RougeScore.Corpus(["a"], []));
        Assert.Throws<GraftException>(() => MeteorScore.Corpus(["a"], [[]]));
    }
}
