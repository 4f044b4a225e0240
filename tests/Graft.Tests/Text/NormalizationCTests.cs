using Graft.Text;

namespace Graft.Tests.Text;

[SideBySide]
public sealed class NormalizationCTests
{
    /// <summary>Cases like those of the standard's conformance file: composition, reordering, exclusions, blocking, Hangul.</summary>
    [Theory]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("\u1E0A\u0323", "\u1E0C\u0307")]                    // dot above and below swap
    [InlineData("D\u0307\u0323", "\u1E0C\u0307")]
    [InlineData("\u212B", "\u00C5")]                                // the Ångström sign is a letter
    [InlineData("\u0958", "\u0915\u093C")]                          // excluded from composition
    [InlineData("\u2ADC", "\u2ADD\u0338")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]                    // three jamo
    [InlineData("\uAC00\u11A8", "\uAC01")]
    [InlineData("\uAC01\u11A8", "\uAC01\u11A8")]                    // no second trailing consonant
    [InlineData("\u0061\u0315\u0300\u05AE\u0300\u0062", "\u00E0\u05AE\u0300\u0315\u0062")]
    [InlineData("\u0061\u0591\u0300", "\u00E0\u0591")]
    [InlineData("\u09C7\u0334\u09BE", "\u09C7\u0334\u09BE")]        // a mark between blocks the pair
    [InlineData("\u09C7\u09BE", "\u09CB")]
    [InlineData("\u01D5", "\u01D5")]
    [InlineData("U\u0308\u0304", "\u01D5")]                         // two steps
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]              // musical symbols stay apart
    [InlineData("\U00011099\U000110BA", "\U0001109A")]
    [InlineData("\uF900", "\u8C48")]
    [InlineData("plain", "plain")]
    [InlineData("\u0300", "\u0300")]
    public void Text_ComesOutComposed(string text, string expected)
    {
        Assert.Equal(expected, NormalizationC.Normalize(text));
        Assert.Equal(expected, NormalizationC.Normalize(expected));
    }

    [Fact]
    public void LoneSurrogates_BecomeTheReplacementCharacter()
        => Assert.Equal("a\uFFFDb", NormalizationC.Normalize("a\uD800b"));
}
