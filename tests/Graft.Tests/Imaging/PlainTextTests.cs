using Graft.Imaging;

namespace Graft.Tests.Imaging;

[SideBySide]
public class PlainTextTests
{
    [Theory]
    [InlineData("Lötbrücke", "Loetbruecke")]
    [InlineData("déchirure – 3 µm", "dechirure - 3 um")]
    [InlineData("skaza łukowa", "skaza lukowa")]
    [InlineData("ŻÓŁĆ", "ZOLC")]
    [InlineData("划痕", null)]
    public void Fold_SpellsOutWhatItCan(string text, string? expected)
        => Assert.Equal(expected, PlainText.Fold(text));

    [Fact]
    public void EveryAccentedLetter_HasOneBaseLetter()
    {
        foreach (char letter in "ÀÇÉÑØÝàçéñøýăąćčďęěğıłńňőřśşšťůűźżž")
        {
            Assert.Matches("^[A-Za-z]$", PlainText.Fold(letter.ToString())!);
        }

        Assert.Equal("azscl", PlainText.Fold("ažšćł"));
    }

    [Fact]
    public void LabelOf_FallsBackToTheNumber()
    {
        Assert.Equal("scratch", PlainText.LabelOf(0, ["scratch", "划痕"]));
        Assert.Equal("#1", PlainText.LabelOf(1, ["scratch", "划痕"]));
        Assert.Equal("#7", PlainText.LabelOf(7, ["scratch"]));
    }
}
