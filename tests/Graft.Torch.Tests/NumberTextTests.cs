using System.Globalization;

namespace Graft.Torch.Tests;

/// <summary>Hand-written numbers, ranges and counts.</summary>
public sealed class NumberTextTests
{
    [Theory]
    [InlineData("0.3", 0.3)]
    [InlineData("-1e-3", -0.001)]
    [InlineData("+.5", 0.5)]
    [InlineData("0,3", null)]
    [InlineData("1,000", null)]
    [InlineData("NaN", null)]
    [InlineData("Infinity", null)]
    [InlineData("1e999", null)]
    [InlineData("0x10", null)]
    [InlineData(" 1", null)]
    [InlineData("1_000", null)]
    [InlineData("", null)]
    public void Real_ReadsOnlyPlainFiniteNumbers(string text, double? expected) => Assert.Equal(expected, NumberText.Real(text));

    [Fact]
    public void Real_IsTheSameInEveryCulture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            // Decimal commas, as in German.
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = "." } };
            Assert.Equal(0.3, NumberText.Real("0.3"));
            Assert.Null(NumberText.Real("0,3"));
            Assert.Equal("0 to 0.5", new NumberRange(0, 0.5).ToString());
            Assert.Equal("12,000 boxes", Counted.Of(12_000, "box"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("0,3", false, "Write 0.3.")]
    [InlineData("-,5", false, "Write -.5.")]
    [InlineData("30%", false, "Write 0.3.")]
    [InlineData("1,000", false, "Write 1.000, or 1000 without a separator.")]
    [InlineData("0,300", false, "Write 0.300.")]
    [InlineData("5.0", true, "Write 5.")]
    [InlineData("640,480", true, null)]
    [InlineData("three", false, null)]
    public void Hint_SaysWhatToWrite(string text, bool whole, string? expected) => Assert.Equal(expected, NumberText.Hint(text, whole));

    [Theory]
    [InlineData("150%", null)]
    [InlineData("50%", "Write 0.5.")]
    [InlineData("0%", null)]
    [InlineData("1,500", null)]
    [InlineData("0,5", "Write 0.5.")]
    public void Hint_StaysInTheRange(string text, string? expected)
        => Assert.Equal(expected, NumberText.Hint(text, range: new NumberRange(0, 1, LowExclusive: true)));

    [Fact]
    public void Hint_NamesTheOneReadingThatIsAllowed() => Assert.Equal("Write 1000.", NumberText.Hint("1,000", range: new NumberRange(32, 8192)));

    [Fact]
    public void Ranges_AreFormattedForMessages()
    {
        Assert.Equal("0 to 1", new NumberRange(0, 1).ToString());
        Assert.Equal("above 0", new NumberRange(0, LowExclusive: true).ToString());
        Assert.Equal("above 0 to below 1", new NumberRange(0, 1, LowExclusive: true, HighExclusive: true).ToString());
        Assert.Equal("1 or more", new NumberRange(1, int.MaxValue).ToString());
        Assert.Equal("a multiple of 32 from 32 to 8192", new NumberRange(32, 8192, Multiple: 32).ToString());
        Assert.Equal("any number", new NumberRange(double.NegativeInfinity).ToString());
    }

    [Theory]
    [InlineData(64, true, null)]
    [InlineData(33, false, "Use 32 or 64.")]
    [InlineData(0, false, null)]
    [InlineData(9000, false, null)]
    public void Multiples_AreSuggested(double value, bool allowed, string? hint)
    {
        NumberRange range = new(32, 8192, Multiple: 32);
        Assert.Equal(allowed, range.Contains(value));
        Assert.Equal(allowed ? null : hint, allowed ? null : range.Hint(value));
    }

    [Fact]
    public void Nan_IsInNoRange() => Assert.False(new NumberRange(double.NegativeInfinity).Contains(double.NaN));

    [Theory]
    [InlineData(1, "image", "1 image")]
    [InlineData(0, "image", "0 images")]
    [InlineData(2, "box", "2 boxes")]
    [InlineData(3, "class", "3 classes")]
    public void Counts_HaveTheirNoun(long count, string noun, string expected) => Assert.Equal(expected, Counted.Of(count, noun));
}
